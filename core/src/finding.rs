//! What is wrong with a field, and what may be.

use std::fmt;

use serde::Serialize;

use crate::named;

/// A violation or a warning: which field, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The field, e.g. `debug_url[2]`; empty where it is the whole input.
    pub field: String,
    /// The stable code, e.g. `outside_rule`.
    pub code: FindingCode,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// What `check()` found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// What a page of WeChat's forbids; the request is not sent.
    pub violations: Vec<Finding>,
    /// What is documented nowhere, or a reported cause of a refusal; the request is sent.
    pub warnings: Vec<Finding>,
}

impl CheckReport {
    /// Whether there is no violation.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    pub(crate) fn add(
        &mut self,
        field: impl Into<String>,
        code: FindingCode,
        message: impl Into<String>,
    ) {
        let finding = Finding {
            field: field.into(),
            code,
            message: message.into(),
        };
        if code.is_warning() {
            self.warnings.push(finding);
        } else {
            self.violations.push(finding);
        }
    }
}

/// A finding with such a code refuses the request.
const VIOLATION: bool = false;

/// A finding with such a code is reported, and the request is sent.
const WARNING: bool = true;

named! {
    /// The codes of findings.
    #[non_exhaustive]
    pub enum FindingCode {
        /// The input is longer than [`MAX_DOCUMENT_BYTES`](crate::mapping::MAX_DOCUMENT_BYTES).
        TooLarge = "too_large" => VIOLATION,
        /// The input is not UTF-8.
        NotUtf8 = "not_utf8" => VIOLATION,
        /// The input is not JSON.
        NotJson = "not_json" => VIOLATION,
        /// The input is JSON, but not an object.
        NotAnObject = "not_an_object" => VIOLATION,
        /// Fields of both modes stand in one rule.
        MixedModes = "mixed_modes" => VIOLATION,
        /// A field that the interface does not have.
        UnknownField = "unknown_field" => VIOLATION,
        /// A field that the interface needs.
        MissingField = "missing_field" => VIOLATION,
        /// A field of another JSON type.
        WrongType = "wrong_type" => VIOLATION,
        /// A number that the field does not take.
        OutOfRange = "out_of_range" => VIOLATION,
        /// A text that must say something.
        Empty = "empty" => VIOLATION,
        /// Not an http(s) URL.
        NotHttpUrl = "not_http_url" => VIOLATION,
        /// Not the parametric QR URL of a service account.
        NotServicePrefix = "not_service_prefix" => VIOLATION,
        /// More entries than the field takes.
        TooMany = "too_many" => VIOLATION,
        /// A test link that the prefix does not cover.
        OutsideRule = "outside_rule" => VIOLATION,
        /// White space or a control character in an appid: none has any, and it is a sign of a line that was read whole.
        NotOneWord = "not_one_word" => VIOLATION,
        /// Raw non-ASCII characters in the query: a reported cause of 85066.
        NonAsciiQuery = "non_ascii_query" => WARNING,
        /// A top-level domain that is a reported cause of 85066.
        ReportedDomain = "reported_domain" => WARNING,
        /// A port in the URL: a reported cause of 85066.
        Port = "port" => WARNING,
        /// A fragment, about which nothing is documented.
        Fragment = "fragment" => WARNING,
        /// White space or a control character in a URL or a page, about which nothing is documented.
        WhiteSpace = "white_space" => WARNING,
        /// An appid that does not begin with `wx`: a reported cause of 40166.
        NotWxAppid = "not_wx_appid" => WARNING,
        /// A test link that the prefix covers only if WeChat takes for equal what is documented nowhere.
        UndocumentedEquivalence = "undocumented_equivalence" => WARNING,
    }

    /// Whether it is a warning; else it is a violation.
    pub is_warning -> bool
}
