//! Ways to panic on purpose: the tests show that the process lives on.

/// Panics where something is asked about the interface `panic`, which WeChat does not have.
pub(crate) fn panic_if_asked(interface: &str) {
    assert!(interface != "panic", "asked for");
}
