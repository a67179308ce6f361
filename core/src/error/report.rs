use alloc::vec::Vec;

use super::{Error, Result};
use crate::finding::{CheckReport, Finding};

impl CheckReport {
    /// Returns the warnings, or an error with all the violations.
    pub fn into_result(self) -> Result<Vec<Finding>> {
        if self.violations.is_empty() {
            Ok(self.warnings)
        } else {
            Err(Error::invalid(self.violations))
        }
    }
}
