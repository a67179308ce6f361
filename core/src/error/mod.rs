//! The one error of the workspace.

mod code;
mod own_code;
mod redaction;
mod report;
mod setting;

pub use code::Code;
pub use own_code::OwnCode;
#[doc(hidden)]
pub use setting::named_setting;

pub use crate::kind::{ErrorKind, Outcome};

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;
use core::net::IpAddr;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::errcode::{ErrCode, Errmsg, address_in};
use crate::finding::{Finding, FindingCode};
use crate::secret::Secret;

/// The result of a function that can fail.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// What to do if it is not known whether a change was applied.
pub(crate) const READ_BACK_FIRST: &str = "Before you call again, check with getJumpQRCode whether the change \
    was applied, now and a little later.";

type Source = Arc<dyn core::error::Error + Send + Sync>;

/// An error: what happened, and what to do next.
///
/// It never contains an access token, a secret, a ticket or a refresh token. It is one word large,
/// and its clones share one allocation. It may be sent to and shared between threads.
#[derive(Debug, Clone)]
pub struct Error(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    message: String,
    /// Advice that replaces the advice of the code.
    advice: Option<Cow<'static, str>>,
    /// Whether the error is retryable, if that does not follow from the code.
    retryable: Option<bool>,
    outcome: Outcome,
    interface: Option<Cow<'static, str>>,
    errmsg: Option<String>,
    violations: Vec<Finding>,
    source: Option<Source>,
}

impl Error {
    /// Creates an error of jumpqr's own; `message` says what happened.
    #[must_use]
    pub fn new(code: OwnCode, message: impl Into<String>) -> Self {
        Self::with_code(Code::Own(code), message.into())
    }

    fn with_code(code: Code, message: String) -> Self {
        Self(Arc::new(Inner {
            code,
            message,
            advice: None,
            retryable: None,
            outcome: Outcome::NotApplied,
            interface: None,
            errmsg: None,
            violations: Vec::new(),
            source: None,
        }))
    }

    /// Creates the error of a request that was refused before it was sent, with every reason.
    #[must_use]
    pub fn invalid(violations: Vec<Finding>) -> Self {
        Self::new(OwnCode::InvalidRequest, "").with_violations(violations)
    }

    /// Creates the error of wrong settings, with every finding.
    #[must_use]
    pub fn invalid_config(findings: Vec<Finding>) -> Self {
        Self::new(OwnCode::InvalidConfig, "").with_violations(findings)
    }

    /// Sets the violations, and the message, which is their texts.
    fn with_violations(mut self, violations: Vec<Finding>) -> Self {
        let texts: Vec<_> = violations.iter().map(ToString::to_string).collect();
        let parts = self.parts_mut();
        parts.message = texts.join("; ");
        parts.violations = violations;
        self
    }

    /// Renames the settings in the violations, because another language has other names for them. A
    /// name that no setting has is kept as the caller wrote it.
    #[doc(hidden)]
    #[must_use]
    pub fn rename_settings(self, rename: impl Fn(&str) -> String) -> Self {
        let mut violations = self.violations().to_vec();
        for violation in &mut violations {
            if violation.code != FindingCode::UnknownSetting {
                violation.field = rename(&violation.field);
            }
        }
        self.with_violations(violations)
    }

    /// Creates the error of a response: `errcode` and the raw `errmsg`. A platform's credentials in
    /// the text are struck out.
    #[must_use]
    pub fn from_answer(errcode: i64, errmsg: &str) -> Self {
        let code = Code::from_errcode(errcode);
        let errmsg = &*redaction::strike_credentials(errmsg);
        let mut error = Self::with_code(code, message_of(code, errcode, errmsg));
        let parts = error.parts_mut();
        parts.advice = code
            .documented()
            .and_then(|code| advice_with_address(code, errmsg));
        parts.errmsg = Some(errmsg.to_owned());
        error
    }

    /// Returns the parts for a change. If another error shares them, it copies them first.
    fn parts_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// Sets the interface that was called.
    #[must_use]
    pub fn in_interface(mut self, interface: impl Into<Cow<'static, str>>) -> Self {
        self.parts_mut().interface = Some(interface.into());
        self
    }

    /// Creates the error of a panic that must not unwind further, because another language made the
    /// call. Whether the change was applied is not known.
    #[must_use]
    pub fn from_panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::new(
            OwnCode::Internal,
            format!("a panic: {}", text.unwrap_or("without a text")),
        )
        .with_outcome(Outcome::Unknown)
    }

    /// Sets the outcome. If it is unknown, the advice is to read back first.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        if outcome == Outcome::Unknown {
            self.parts_mut().advice = Some(READ_BACK_FIRST.into());
        }
        self.parts_mut().outcome = outcome;
        self
    }

    /// Sets the message, which says what happened.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.parts_mut().message = message.into();
        self
    }

    /// Sets the advice.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.parts_mut().advice = Some(advice.into());
        self
    }

    /// Sets whether the same call may succeed later.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.parts_mut().retryable = Some(retryable);
        self
    }

    /// Sets the cause. Its text must not contain a secret.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn core::error::Error + Send + Sync>>,
    ) -> Self {
        self.parts_mut().source = Some(Arc::from(source.into()));
        self
    }

    /// Strikes `secret` out of every text of the error, because servers and proxies may echo the
    /// request. The secret is found raw, encoded for a query, and escaped for JSON.
    ///
    /// A source that shows the secret is replaced by its redacted text; then it cannot be
    /// downcast any more.
    ///
    /// A secret with fewer than 6 characters, or of lower-case letters or digits alone, may occur
    /// in any text by chance. It is struck out only as a value, such as `access_token=x` or `"x"`.
    #[must_use]
    pub fn redact(mut self, secret: &Secret) -> Self {
        redaction::redact_error(self.parts_mut(), secret);
        self
    }

    /// Returns what identifies the error.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns what the reader must do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.code.kind()
    }

    /// Returns what happened, without the advice.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what to do next.
    #[must_use]
    pub fn advice(&self) -> &str {
        let replacement = self.0.advice.as_deref();
        replacement.unwrap_or_else(|| self.0.code.advice())
    }

    /// Whether the same call may succeed later, with nothing changed.
    ///
    /// A write may be repeated as it is only if its [`outcome`](Self::outcome) is
    /// [`Outcome::NotApplied`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let exception = self.0.retryable;
        exception.unwrap_or_else(|| self.0.code.is_retryable())
    }

    /// Returns whether the change was applied.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// Returns the interface that was called, e.g. `addJumpQRCode`; for a raw call, its path.
    #[must_use]
    pub fn interface(&self) -> Option<&str> {
        self.0.interface.as_deref()
    }

    /// Returns WeChat's `errcode`.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        self.0.code.errcode()
    }

    /// Returns WeChat's `errmsg` unchanged, with the rid.
    #[must_use]
    pub fn errmsg(&self) -> Option<&str> {
        self.0.errmsg.as_deref()
    }

    /// Returns the request id that WeChat's support asks for.
    #[must_use]
    pub fn rid(&self) -> Option<&str> {
        Errmsg::parse(self.errmsg()?).rid
    }

    /// Returns every reason why the request or the settings were refused before anything was sent.
    #[must_use]
    pub fn violations(&self) -> &[Finding] {
        &self.0.violations
    }
}

/// Returns what to do about `code`, with the address to add to a whitelist. `None` if the code is
/// not about an address, or the text has no address.
fn advice_with_address(code: &ErrCode, errmsg: &str) -> Option<Cow<'static, str>> {
    let address = code.is_about_address().then(|| address_in(errmsg))??;
    let advice = code.advice;
    Some(match address {
        IpAddr::V4(_) => format!("{advice} The address is {address}.").into(),
        // A developer reports that the console does not accept IPv6 addresses.
        IpAddr::V6(_) => format!(
            "{advice} The address is {address}. If the console does not accept it, \
             make the calls over IPv4."
        )
        .into(),
    })
}

/// Says what WeChat answered: with its text, or with the meaning of the number if the text is
/// empty.
fn message_of(code: Code, errcode: i64, errmsg: &str) -> String {
    match (code, &*Errmsg::parse(errmsg).text) {
        (Code::WeChat(known), "") => format!("errcode {errcode}: {}", known.meaning),
        (_, "") => format!("errcode {errcode}, with no text"),
        (_, text) => format!("errcode {errcode}: {text}"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(interface) = &self.0.interface {
            write!(f, "{interface}: ")?;
        }
        write!(f, "{} [{}]", self.0.message, self.0.code)?;
        if let Some(rid) = self.rid() {
            write!(f, " (rid {rid})")?;
        }
        if self.0.outcome == Outcome::Unknown {
            f.write_str("; whether the change was applied is not known")?;
        }
        Ok(())
    }
}

impl Serialize for Error {
    /// Serialises all parts by their names, except for the source. `text` is the `Display` text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Error", 12)?;
        parts.serialize_field("kind", &self.kind())?;
        parts.serialize_field("code", &self.code())?;
        parts.serialize_field("interface", &self.interface())?;
        parts.serialize_field("errcode", &self.errcode())?;
        parts.serialize_field("errmsg", &self.errmsg())?;
        parts.serialize_field("rid", &self.rid())?;
        parts.serialize_field("message", self.message())?;
        parts.serialize_field("advice", self.advice())?;
        parts.serialize_field("retryable", &self.is_retryable())?;
        parts.serialize_field("outcome", &self.outcome())?;
        parts.serialize_field("violations", self.violations())?;
        parts.serialize_field("text", &self.to_string())?;
        parts.end()
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Error, ErrorKind, Outcome, OwnCode};

    #[test]
    fn an_empty_errmsg_is_replaced_by_the_meaning() {
        let error = Error::from_answer(85076, " rid: 5f87eb8a-6ee66b1b-75f60c88");
        assert_eq!(error.code().name(), "icp_check_failed");
        assert!(error.message().contains("no ICP filing"), "{error}");
        assert_eq!(error.rid(), Some("5f87eb8a-6ee66b1b-75f60c88"));
    }

    #[test]
    fn an_unknown_number_keeps_number_and_text() {
        let error = Error::from_answer(12345, "something new");
        assert_eq!(error.errcode(), Some(12345));
        assert_eq!(error.errmsg(), Some("something new"));
        assert_eq!(error.code(), OwnCode::UnknownErrcode);
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }

    #[test]
    fn clones_share_their_parts_until_one_of_them_is_changed() {
        let error = Error::new(OwnCode::Timeout, "late");
        let clone = error.clone();
        assert!(Arc::ptr_eq(&error.0, &clone.0));
        let changed = clone.with_outcome(Outcome::Unknown);
        assert_eq!(error.outcome(), Outcome::NotApplied);
        assert_eq!(changed.outcome(), Outcome::Unknown);
        assert_eq!(error.advice(), OwnCode::Timeout.advice());
        assert_ne!(changed.advice(), error.advice());
    }
}
