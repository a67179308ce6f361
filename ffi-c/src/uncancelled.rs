//! Keeps thread cancellation away, where the platform has it.

use std::ffi::c_int;

/// `PTHREAD_CANCEL_DISABLE`: in glibc and musl 1, on macOS 0.
const CANCEL_DISABLE: c_int = if cfg!(target_os = "macos") { 0 } else { 1 };

unsafe extern "C" {
    safe fn pthread_setcancelstate(state: c_int, before: Option<&mut c_int>) -> c_int;
}

/// Disables cancellation of the thread until it is dropped.
///
/// `pthread_cancel` unwinds the stack. Rust does not allow that in its frames and would abort the
/// process.
pub(crate) struct Uncancelled {
    before: c_int,
}

impl Uncancelled {
    pub(crate) fn new() -> Self {
        let mut before = CANCEL_DISABLE;
        pthread_setcancelstate(CANCEL_DISABLE, Some(&mut before));
        Self { before }
    }
}

impl Drop for Uncancelled {
    fn drop(&mut self) {
        let mut inside = CANCEL_DISABLE;
        pthread_setcancelstate(self.before, Some(&mut inside));
    }
}
