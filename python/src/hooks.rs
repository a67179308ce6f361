//! What only the tests need.

use pyo3::prelude::*;

use crate::caller::run;
use crate::error::offline;
use crate::given_up::GivenUp;

/// Panics at this place, to show what becomes of a panic.
#[pyfunction]
#[expect(clippy::panic, reason = "this is what it is for")]
pub(crate) fn panic(py: Python<'_>, place: &str) -> PyResult<String> {
    let panic = || panic!("on purpose");
    match place {
        "offline" => offline(py, panic),
        place => run(
            py,
            place == "interruptible call",
            &GivenUp::default(),
            panic,
        ),
    }
}
