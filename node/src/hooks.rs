//! Panics on purpose. The tests show that the process survives them.

/// Panics for the interface `panic`, which WeChat does not have.
pub(crate) fn panic_if_asked(interface: &str) {
    assert!(interface != "panic", "asked for");
}
