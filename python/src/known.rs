//! Objects of Python that are looked for once, and then known.
//!
//! pyo3's `PyOnceLock` and `intern!` hold a lock while another thread may run Python code. If that
//! thread forks, the child has a lock that nobody releases, and waits for ever at its first call.
//! Here, an object is looked for without a lock: two threads may both find it, and one of them
//! keeps it. The lock under which it is kept is never held while another thread runs Python code.

use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::PyString;

/// An object that is kept once it is found. Several threads may look for it at the same time. All
/// of them get the object that is kept.
pub(crate) struct Known<T>(OnceLock<T>);

impl<T> Known<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Returns it; None until somebody has found it.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// Returns it. `find` is called if it is not known yet, and may run Python code.
    pub(crate) fn get_or_find(&self, find: impl FnOnce() -> PyResult<T>) -> PyResult<&T> {
        if let Some(known) = self.0.get() {
            return Ok(known);
        }
        let found = find()?;
        Ok(self.0.get_or_init(|| found))
    }
}

/// A name of an attribute as an object, which is made at its first use. The macro [`name!`] makes
/// one.
pub(crate) struct Name {
    text: &'static str,
    object: OnceLock<Py<PyString>>,
}

impl Name {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            object: OnceLock::new(),
        }
    }

    pub(crate) fn get<'py>(&self, py: Python<'py>) -> &Bound<'py, PyString> {
        // Making a text runs no Python code, so no other thread forks meanwhile.
        let object = self
            .object
            .get_or_init(|| PyString::intern(py, self.text).unbind());
        object.bind(py)
    }
}

/// Returns this name as an object, which is made once for each place of the code.
macro_rules! name {
    ($py:expr, $text:literal) => {{
        static NAME: $crate::known::Name = $crate::known::Name::new($text);
        NAME.get($py)
    }};
}
pub(crate) use name;
