use std::mem::MaybeUninit;

use crate::{attempt, jumpqr_error, jumpqr_status};

/// Panics, so that a test can see what C gets. Only builds with the feature `test-hooks` have this
/// function, and the header does not declare it.
#[unsafe(no_mangle)]
#[expect(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "this function exists to panic, and the guard catches it"
)]
pub extern "C" fn jumpqr_test_panic(
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || panic!("staged"))
}
