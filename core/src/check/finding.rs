use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result};

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

    /// The warnings, or an error with all the violations.
    pub fn into_result(self) -> Result<Vec<Finding>> {
        if self.violations.is_empty() {
            Ok(self.warnings)
        } else {
            Err(Error::invalid(self.violations))
        }
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

macro_rules! finding_codes {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $level:ident;)+) => {
        /// The codes of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[$doc])+ $variant,)+
        }

        impl FindingCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, e.g. `outside_rule`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Whether it is a warning; else it is a violation.
            #[must_use]
            pub const fn is_warning(self) -> bool {
                match self { $(Self::$variant => finding_codes!(@$level),)+ }
            }
        }
    };
    (@violation) => { false };
    (@warning) => { true };
}

finding_codes! {
    /// The input is longer than [`MAX_DOCUMENT_BYTES`](crate::mapping::MAX_DOCUMENT_BYTES).
    TooLarge = "too_large", violation;
    /// The input is not UTF-8.
    NotUtf8 = "not_utf8", violation;
    /// The input is not JSON.
    NotJson = "not_json", violation;
    /// The input is JSON, but not an object.
    NotAnObject = "not_an_object", violation;
    /// Fields of both modes stand in one rule.
    MixedModes = "mixed_modes", violation;
    /// A field that the interface does not have.
    UnknownField = "unknown_field", violation;
    /// A field that the interface needs.
    MissingField = "missing_field", violation;
    /// A field of another JSON type.
    WrongType = "wrong_type", violation;
    /// A number that the field does not take.
    OutOfRange = "out_of_range", violation;
    /// A text that must say something.
    Empty = "empty", violation;
    /// Not an http(s) URL.
    NotHttpUrl = "not_http_url", violation;
    /// Not the parametric QR URL of a service account.
    NotServicePrefix = "not_service_prefix", violation;
    /// More entries than the field takes.
    TooMany = "too_many", violation;
    /// A test link that the prefix does not cover.
    OutsideRule = "outside_rule", violation;
    /// White space or a control character in an appid: none has any, and it is a sign of a line that was read whole.
    NotOneWord = "not_one_word", violation;
    /// Raw non-ASCII characters in the query: a reported cause of 85066.
    NonAsciiQuery = "non_ascii_query", warning;
    /// A top-level domain that is a reported cause of 85066.
    ReportedDomain = "reported_domain", warning;
    /// A port in the URL: a reported cause of 85066.
    Port = "port", warning;
    /// A fragment, about which nothing is documented.
    Fragment = "fragment", warning;
    /// White space or a control character in a URL or a page, about which nothing is documented.
    WhiteSpace = "white_space", warning;
    /// An appid that does not begin with `wx`: a reported cause of 40166.
    NotWxAppid = "not_wx_appid", warning;
    /// A test link that the prefix covers only if WeChat takes for equal what is documented nowhere.
    UndocumentedEquivalence = "undocumented_equivalence", warning;
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
