//! What was found about a merchant, and what follows.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::{ReadinessCode, Severity};
use crate::named;

/// One finding about a merchant: which field tells it, what it leads to, and what to do.
///
/// It serialises with its fields, and the `severity` of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadinessFinding {
    /// The field of WeChat's response, e.g. `func_info`.
    pub field: &'static str,
    /// The stable code, e.g. `missing_permission_set`.
    pub code: ReadinessCode,
    /// The error code that a call would get. `None` if that is not known.
    pub errcode: Option<i64>,
    /// What was found, and what to do.
    pub message: Cow<'static, str>,
}

impl fmt::Display for ReadinessFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)?;
        match self.errcode {
            Some(errcode) => write!(f, " ({errcode})"),
            None => Ok(()),
        }
    }
}

/// Whether the rules of a merchant can work, as far as WeChat's responses tell.
///
/// It serialises as `verdict` and `findings`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Readiness {
    /// All findings: first what blocks the rules, then the warnings, then what is unknown.
    pub findings: Vec<ReadinessFinding>,
}

impl Serialize for ReadinessFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ReadinessFinding", 5)?;
        fields.serialize_field("field", self.field)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("severity", &self.code.severity())?;
        fields.serialize_field("errcode", &self.errcode)?;
        fields.serialize_field("message", &self.message)?;
        fields.end()
    }
}

impl Serialize for Readiness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Readiness", 2)?;
        fields.serialize_field("verdict", &self.verdict())?;
        fields.serialize_field("findings", &self.findings)?;
        fields.end()
    }
}

named! {
    /// Whether the rules of a merchant can work.
    #[non_exhaustive]
    pub enum Verdict {
        /// Nothing stands in their way.
        Ready = "ready",
        /// Something blocks them.
        NotReady = "not_ready",
        /// Nothing is known to block them, but not everything is known.
        Unknown = "unknown",
    }
}

impl Readiness {
    /// Returns the verdict that follows from the findings.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let has = |severity| {
            let mut findings = self.findings.iter();
            findings.any(|finding| finding.code.severity() == severity)
        };
        if has(Severity::Blocks) {
            Verdict::NotReady
        } else if has(Severity::Unknown) {
            Verdict::Unknown
        } else {
            Verdict::Ready
        }
    }

    pub(super) fn add(
        &mut self,
        field: &'static str,
        code: ReadinessCode,
        errcode: Option<i64>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.findings.push(ReadinessFinding {
            field,
            code,
            errcode,
            message: message.into(),
        });
    }

    /// Orders the findings by their severity. Findings of the same severity keep their order.
    pub(super) fn sort(&mut self) {
        self.findings
            .sort_by_key(|finding| finding.code.severity().order());
    }
}
