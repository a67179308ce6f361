//! Keeps panics and thread cancellation away from C.

#[cfg(any(target_os = "linux", target_os = "macos"))]
use std::ffi::c_int;
use std::ptr::null;

use jumpqr::{Error, binding};

/// The value that an export returns if its handle is NULL, or after a panic.
pub(crate) trait Nothing {
    const NOTHING: Self;
}

macro_rules! nothing {
    ($($type:ty = $nothing:expr;)+) => {
        $(impl Nothing for $type {
            const NOTHING: Self = $nothing;
        })+
    };
}

nothing! {
    () = ();
    bool = false;
    i32 = -1;
    i64 = -1;
    u64 = 0;
    usize = 0;
}

impl<T> Nothing for *const T {
    const NOTHING: Self = null();
}

/// Disables cancellation of the thread until it is dropped.
///
/// `pthread_cancel` unwinds the stack. Rust does not allow that in its frames and would abort the
/// process.
struct Uncancelled {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    before: c_int,
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod posix {
    use std::ffi::c_int;

    /// `PTHREAD_CANCEL_DISABLE`, in glibc and musl.
    #[cfg(target_os = "linux")]
    pub(super) const CANCEL_DISABLE: c_int = 1;
    /// `PTHREAD_CANCEL_DISABLE`.
    #[cfg(target_os = "macos")]
    pub(super) const CANCEL_DISABLE: c_int = 0;

    unsafe extern "C" {
        pub(super) safe fn pthread_setcancelstate(
            state: c_int,
            before: Option<&mut c_int>,
        ) -> c_int;
    }
}

impl Uncancelled {
    fn new() -> Self {
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        {
            let mut before = posix::CANCEL_DISABLE;
            posix::pthread_setcancelstate(posix::CANCEL_DISABLE, Some(&mut before));
            Self { before }
        }
        #[cfg(not(any(target_os = "linux", target_os = "macos")))]
        Self {}
    }
}

impl Drop for Uncancelled {
    fn drop(&mut self) {
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        {
            let mut inside = posix::CANCEL_DISABLE;
            posix::pthread_setcancelstate(self.before, Some(&mut inside));
        }
    }
}

/// Runs `body` while the thread cannot be cancelled. A panic becomes an error.
pub(crate) fn catch<T, E: From<Error>>(body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let _uncancelled = Uncancelled::new();
    binding::guard(body)
}

/// Runs the body of an export that cannot fail. `None` and a panic return [`Nothing::NOTHING`].
pub(crate) fn guard<T: Nothing>(body: impl FnOnce() -> Option<T>) -> T {
    let result = catch(|| Ok::<_, Error>(body()));
    result.ok().flatten().unwrap_or(T::NOTHING)
}

#[cfg(test)]
mod tests {
    use super::guard;
    use crate::jumpqr_text;

    #[test]
    fn a_panic_becomes_nothing() {
        assert!(
            guard(|| -> Option<jumpqr_text> { panic!("staged") })
                .data
                .is_null()
        );
        assert_eq!(guard(|| -> Option<i64> { panic!("staged") }), -1);
    }
}
