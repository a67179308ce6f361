//! Panics on purpose. The tests show that the process survives them.

/// The name of an interface that WeChat does not have.
pub(crate) const PANIC: &str = "panic";

/// Panics for the interface [`PANIC`].
pub(crate) fn panic_if_asked(interface: &str) {
    assert!(interface != PANIC, "asked for");
}
