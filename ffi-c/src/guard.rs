//! What stands between C and a panic.

use std::any::Any;
#[cfg(any(target_os = "linux", target_os = "macos"))]
use std::ffi::c_int;
use std::mem::{MaybeUninit, forget};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};

use jumpqr::Error;

use crate::error::{Failure, jumpqr_error};
use crate::status::jumpqr_status;
use crate::text::jumpqr_text;

/// What an export returns when there is nothing to return: of a NULL handle, or after a panic.
pub(crate) trait Nothing {
    fn nothing() -> Self;
}

impl Nothing for () {
    fn nothing() -> Self {}
}

impl Nothing for bool {
    fn nothing() -> Self {
        false
    }
}

impl Nothing for i32 {
    fn nothing() -> Self {
        -1
    }
}

impl Nothing for i64 {
    fn nothing() -> Self {
        -1
    }
}

impl Nothing for u64 {
    fn nothing() -> Self {
        0
    }
}

impl Nothing for usize {
    fn nothing() -> Self {
        0
    }
}

impl Nothing for jumpqr_status {
    fn nothing() -> Self {
        Self::Ok
    }
}

impl Nothing for jumpqr_text {
    fn nothing() -> Self {
        Self::NONE
    }
}

impl<T> Nothing for *const T {
    fn nothing() -> Self {
        null()
    }
}

/// Keeps the thread from being cancelled while it is in the library, and puts its state back when
/// it leaves.
///
/// `pthread_cancel` unwinds the stack, which no frame of Rust's allows: the process would abort.
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

/// Drops what a panic carries, which could panic once more.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        forget(second);
    }
}

/// Runs the body of an export that cannot fail. `None`, and a panic, give [`Nothing`].
pub(crate) fn guard<T: Nothing>(body: impl FnOnce() -> Option<T>) -> T {
    let _uncancelled = Uncancelled::new();
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value.unwrap_or_else(T::nothing),
        Err(payload) => {
            discard(payload);
            T::nothing()
        }
    }
}

/// Runs the body of an export that can fail. What it fails with goes to `error`, where C wants it; a panic is an error of
/// the kind `internal`.
pub(crate) fn attempt(
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<(), Failure>,
) -> jumpqr_status {
    let _uncancelled = Uncancelled::new();
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        let error = Error::from_panic(&*payload);
        discard(payload);
        Err(error.into())
    });
    let Err(failure) = result else {
        return jumpqr_status::Ok;
    };
    let status = failure.status();
    if let Some(error) = error {
        let made = catch_unwind(AssertUnwindSafe(|| jumpqr_error::boxed(failure)));
        match made {
            Ok(made) => {
                error.write(Box::into_raw(made));
            }
            Err(payload) => {
                discard(payload);
                error.write(null_mut());
            }
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use super::{attempt, guard};
    use crate::status::jumpqr_status;
    use crate::text::jumpqr_text;
    use crate::{jumpqr_error_free, jumpqr_error_message};

    #[test]
    fn a_panic_becomes_nothing() {
        assert!(
            guard(|| -> Option<jumpqr_text> { panic!("staged") })
                .data
                .is_null()
        );
        assert_eq!(guard(|| -> Option<i64> { panic!("staged") }), -1);
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let mut error = MaybeUninit::uninit();
        let status = attempt(Some(&mut error), || panic!("staged"));
        assert_eq!(status, jumpqr_status::Internal);
        // SAFETY: an attempt that failed has written it.
        let error = unsafe { error.assume_init() };
        // SAFETY: it is a box that nobody else has.
        let error = unsafe { Box::from_raw(error) };
        assert!(jumpqr_error_message(Some(&error)).size > 0);
        jumpqr_error_free(Some(error));
        assert_eq!(attempt(None, || panic!("staged")), jumpqr_status::Internal);
    }
}
