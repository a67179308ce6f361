//! Keeps panics and thread cancellation away from C.

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
    f64 = 0.0;
    i32 = -1;
    i64 = -1;
    u64 = 0;
    usize = 0;
}

impl<T> Nothing for *const T {
    const NOTHING: Self = null();
}

/// Runs `body` while the thread cannot be cancelled. A panic becomes an error.
pub(crate) fn catch<T, E: From<Error>>(body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    let _uncancelled = crate::uncancelled::Uncancelled::new();
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
