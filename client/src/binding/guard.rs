use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jumpqr_core::error::{Error, Result};

use crate::cancel::Cancel;
use crate::on_thread::NotDone;

/// Does `work`. A panic in it becomes an error, because none may cross into another language.
///
/// What a panic leaves behind is not used again: the locks of this workspace are taken over from
/// threads that panicked.
pub fn guard<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let error = Error::from_panic(&*panic);
        // The drop of what was thrown may panic, too. What that throws is leaked.
        catch_unwind(AssertUnwindSafe(|| drop(panic))).unwrap_or_else(forget);
        Err(error.into())
    })
}

/// Makes the error of a thread that cannot be started.
#[must_use]
pub fn no_thread(error: std::io::Error) -> Error {
    NotDone::NoThread(error).into()
}

/// Does `work`, which cannot be interrupted, on a thread of its own, and waits for its result until
/// the caller cancels. Then the work goes on, and its result is dropped.
pub fn on_thread<T: Send + 'static>(
    name: &str,
    cancel: &Cancel,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    crate::on_thread::on_thread(name, cancel, move || guard(work))?
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use jumpqr_core::Error;
    use jumpqr_core::error::OwnCode;

    use super::guard;

    /// Panics when it is dropped.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic_any("dropped");
        }
    }

    #[test]
    fn a_panic_whose_payload_panics_when_it_is_dropped_is_an_error() {
        let result: Result<(), Error> = guard(|| panic_any(Bomb));
        assert_eq!(result.unwrap_err().code(), OwnCode::Internal);
    }
}
