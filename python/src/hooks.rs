//! What only the tests need.

use pyo3::prelude::*;

use crate::caller::{CancelBy, run, run_to_its_end};
use crate::error::offline;

/// Panics at this place, to show what becomes of a panic.
#[pyfunction]
#[expect(clippy::panic, reason = "this is what it is for")]
pub(crate) fn panic(py: Python<'_>, place: &str) -> PyResult<()> {
    let panic = || panic!("on purpose");
    match place {
        "offline" => offline(py, panic),
        "interruptible call" => run(py, CancelBy::Signal, |_| panic()),
        "interruptible store" => run_to_its_end(py, true, panic),
        _ => run(py, CancelBy::Nobody, |_| panic()),
    }
}
