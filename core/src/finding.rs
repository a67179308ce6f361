//! What is wrong with a field, and what may be.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::named;

/// A violation or a warning about a field of a request or a setting: which field, what is wrong, and
/// what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The field, e.g. `debug_url[2]`, or the setting, e.g. `base_url`; empty if the finding is about the whole input.
    pub field: String,
    /// The stable code, e.g. `outside_rule`.
    pub code: FindingCode,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Finding {
    /// Makes a finding.
    #[must_use]
    pub fn new(field: impl Into<String>, code: FindingCode, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// The findings about a rule or a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// What WeChat's documentation forbids. The request is not sent.
    pub violations: Vec<Finding>,
    /// What is not documented, or a reported cause of a refusal. The request is sent.
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
        let finding = Finding::new(field, code, message);
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
        /// The input is too long: for rules, longer than
        /// [`MAX_DOCUMENT_BYTES`](crate::mapping::MAX_DOCUMENT_BYTES).
        TooLarge = "too_large" => VIOLATION,
        /// The input is not UTF-8.
        NotUtf8 = "not_utf8" => VIOLATION,
        /// The input is not JSON.
        NotJson = "not_json" => VIOLATION,
        /// The input is JSON, but not an object.
        NotAnObject = "not_an_object" => VIOLATION,
        /// One rule has fields of both modes.
        MixedModes = "mixed_modes" => VIOLATION,
        /// The interface does not have this field, or the client or platform not this setting.
        UnknownField = "unknown_field" => VIOLATION,
        /// A required field is missing.
        MissingField = "missing_field" => VIOLATION,
        /// The field has another JSON type.
        WrongType = "wrong_type" => VIOLATION,
        /// The field does not accept this number.
        OutOfRange = "out_of_range" => VIOLATION,
        /// A required text is empty.
        Empty = "empty" => VIOLATION,
        /// The text is not an http(s) URL.
        NotHttpUrl = "not_http_url" => VIOLATION,
        /// The text is not the parametric QR URL of a service account.
        NotServicePrefix = "not_service_prefix" => VIOLATION,
        /// The list has more entries than the field accepts.
        TooMany = "too_many" => VIOLATION,
        /// The prefix does not cover this test link.
        OutsideRule = "outside_rule" => VIOLATION,
        /// An appid or a path has white space or a control character, for example because the end
        /// of a line was read with it.
        NotOneWord = "not_one_word" => VIOLATION,
        /// There is no setting with this name.
        UnknownSetting = "unknown_setting" => VIOLATION,
        /// The setting would send a token in clear text.
        NotHttps = "not_https" => VIOLATION,
        /// The field or the setting does not accept this text.
        UnknownValue = "unknown_value" => VIOLATION,
        /// The text is another credential than the setting is for.
        WrongCredential = "wrong_credential" => VIOLATION,
        /// The setting cannot be combined with another one.
        Conflict = "conflict" => VIOLATION,
        /// What the setting names cannot be used: a folder, a proxy, a certificate.
        Unusable = "unusable" => VIOLATION,
        /// The query has raw non-ASCII characters, a reported cause of 85066.
        NonAsciiQuery = "non_ascii_query" => WARNING,
        /// The top-level domain is a reported cause of 85066.
        ReportedDomain = "reported_domain" => WARNING,
        /// The URL has a port, a reported cause of 85066.
        Port = "port" => WARNING,
        /// The URL has a fragment. What WeChat does with fragments is not documented.
        Fragment = "fragment" => WARNING,
        /// A URL or a page has white space or a control character. What WeChat does with these is
        /// not documented.
        WhiteSpace = "white_space" => WARNING,
        /// The appid does not begin with `wx`, a reported cause of 40166.
        NotWxAppid = "not_wx_appid" => WARNING,
        /// The prefix covers the test link only if WeChat ignores a difference. Whether it does is
        /// not documented.
        UndocumentedEquivalence = "undocumented_equivalence" => WARNING,
        /// A URL has a placeholder, such as `{id}` or `*`. WeChat compares texts.
        Placeholder = "placeholder" => WARNING,
        /// A parameter before the last one has no value. Only the last value of a rule's query can
        /// differ from link to link.
        VariableNotLast = "variable_not_last" => WARNING,
        /// A URL has `&amp;`, which was copied from HTML.
        HtmlEscape = "html_escape" => WARNING,
        /// The path of the prefix, or a test link, has raw non-ASCII characters.
        NonAscii = "non_ascii" => WARNING,
        /// The host has a placeholder, such as `*`. WeChat compares texts.
        WildcardHost = "wildcard_host" => WARNING,
        /// The host is an IP address. A rule needs a domain with an ICP filing.
        IpAddress = "ip_address" => WARNING,
        /// The host is known in a private network only.
        LocalHost = "local_host" => WARNING,
        /// The scheme or the host has upper-case letters. Whether WeChat ignores the case is not
        /// documented.
        UpperCase = "upper_case" => WARNING,
        /// The host has characters that are not ASCII.
        InternationalHost = "international_host" => WARNING,
        /// The prefix of an ordinary-link rule is the QR URL of a service account.
        ServicePrefix = "service_prefix" => WARNING,
        /// The parametric QR URL of a service account has a query or a fragment.
        ServiceQuery = "service_query" => WARNING,
        /// The page begins with `/`.
        PageSlash = "page_slash" => WARNING,
        /// The page has a suffix, such as `.html`.
        PageSuffix = "page_suffix" => WARNING,
        /// The page has a query.
        PageQuery = "page_query" => WARNING,
        /// The text is a URL or a short link, and not a page.
        NotAPage = "not_a_page" => WARNING,
        /// A test link is several links in one text.
        JoinedLinks = "joined_links" => WARNING,
    }

    /// Whether findings with this code are warnings. The others are violations.
    pub is_warning -> bool
}
