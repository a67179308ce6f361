use std::mem::MaybeUninit;

use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::status::jumpqr_status;

/// Panics, so that a program can see what it gets. Only builds with the feature `test-hooks` have it; the header has not.
#[unsafe(no_mangle)]
#[expect(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "that is what it is for, and the guard catches it"
)]
pub extern "C" fn jumpqr_test_panic(
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || panic!("staged"))
}
