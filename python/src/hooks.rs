//! What only the tests need.

use pyo3::prelude::*;

use crate::caller::{run, run_to_its_end};
use crate::cancel::{Cancel, CancelBy};
use crate::error::offline;

/// Panics at this place, to show what becomes of a panic.
#[pyfunction]
#[expect(clippy::panic, reason = "this is what it is for")]
pub(crate) fn panic(py: Python<'_>, place: &str) -> PyResult<()> {
    let by_signal = Some(&Cancel(CancelBy::Signal));
    let panic = || panic!("on purpose");
    match place {
        "offline" => offline(py, panic),
        "interruptible call" => run(py, by_signal, |_| panic()),
        "interruptible store" => run_to_its_end(py, by_signal, panic),
        _ => run(py, None, |_| panic()),
    }
}
