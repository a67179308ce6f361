//! Ctrl-C, for commands that run until the user stops them.

/// Calls `stop` when the user presses Ctrl-C, or when the process is told to end. The error says
/// why that is not possible.
pub(crate) fn on_interrupt(stop: impl FnMut() + Send + 'static) -> Result<(), String> {
    ctrlc::set_handler(stop)
        .map_err(|error| format!("the handler for Ctrl-C cannot be set: {error}"))
}
