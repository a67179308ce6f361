//! The one error of the workspace.

mod code;
mod kind;
mod redaction;

pub use code::OwnCode;
pub use kind::{ErrorKind, Outcome};

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::Secret;
use crate::check::Finding;
use crate::errcode::{ErrCode, Errmsg, address_in};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What to do where it is not known whether a change was applied.
const READ_BACK_FIRST: &str = "Look with getJumpQRCode whether the change was applied, now or a little later, before you call again.";

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// What went wrong, to which field, and what to do next.
///
/// It never holds an access token, a secret, a ticket or a refresh token. It is one word large, cheap to clone, and may be
/// sent to and shared between threads.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Cow<'static, str>,
    kind: ErrorKind,
    message: String,
    advice: Cow<'static, str>,
    retryable: bool,
    outcome: Outcome,
    interface: Option<&'static str>,
    errcode: Option<i64>,
    errmsg: Option<String>,
    rid: Option<String>,
    violations: Vec<Finding>,
    source: Option<Source>,
}

impl Error {
    /// An error of jumpqr's own; `message` says what happened.
    #[must_use]
    pub fn new(code: OwnCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code: Cow::Borrowed(code.name()),
            kind: code.kind(),
            message: message.into(),
            advice: Cow::Borrowed(code.advice()),
            retryable: code.is_retryable(),
            outcome: Outcome::NotApplied,
            interface: None,
            errcode: None,
            errmsg: None,
            rid: None,
            violations: Vec::new(),
            source: None,
        }))
    }

    /// A request that was refused before it was sent, with every reason.
    #[must_use]
    pub fn invalid(violations: Vec<Finding>) -> Self {
        let message = violations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ");
        let mut error = Self::new(OwnCode::InvalidRequest, message);
        error.0.violations = violations;
        error
    }

    /// What WeChat answered: `errcode` and the raw `errmsg`.
    #[must_use]
    pub fn from_answer(errcode: i64, errmsg: &str) -> Self {
        let known = ErrCode::lookup(errcode);
        let mut error = Self::new(OwnCode::UnknownErrcode, message_of(errcode, errmsg));
        if let Some(known) = known {
            error.0.code = Cow::Borrowed(known.name);
            error.0.kind = known.kind;
            error.0.advice = advice_of(known, errmsg);
            error.0.retryable = known.reaction.is_transient();
        }
        error.0.errcode = Some(errcode);
        error.0.errmsg = Some(errmsg.to_owned());
        error.0.rid = Errmsg::parse(errmsg).rid.map(str::to_owned);
        error
    }

    /// The same error, of a call to `interface`.
    #[must_use]
    pub fn in_interface(mut self, interface: &'static str) -> Self {
        self.0.interface = Some(interface);
        self
    }

    /// What a panic becomes where it may not go further: in a call that another language makes. Whether anything was sent
    /// before is not known.
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

    /// The same error with this outcome. What to do about one that is not known goes before all other advice.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        if outcome == Outcome::Unknown {
            self.0.advice = Cow::Borrowed(READ_BACK_FIRST);
        }
        self.0.outcome = outcome;
        self
    }

    /// The same error with another message, which says what happened.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// The same error with other advice.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.0.advice = advice.into();
        self
    }

    /// The same error, which may or may not pass by itself.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// The same error, caused by `source`. Its text must not hold a secret.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error with `secret` struck out of every text that came from outside: servers and
    /// proxies may echo what they were sent. The secret is found as it is, as it stands in a query,
    /// and as it stands in JSON.
    ///
    /// A secret with fewer than 6 characters, or of lower-case letters or digits alone, may stand
    /// in any text by chance. It is struck out only where it stands as a value, such as
    /// `access_token=x` or `"x"`.
    #[must_use]
    pub fn redact(mut self, secret: &Secret) -> Self {
        let inner = &mut *self.0;
        match (inner.errcode, &mut inner.errmsg) {
            // The rest of the message is ours.
            (Some(errcode), Some(errmsg)) => {
                redaction::redact(errmsg, secret);
                inner.message = message_of(errcode, errmsg);
                inner.rid = Errmsg::parse(errmsg).rid.map(str::to_owned);
            }
            // It may be the text of the caller's token function, or have the text of a proxy in it.
            _ => redaction::redact(&mut inner.message, secret),
        }
        self
    }

    /// What the reader must do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code: the name of WeChat's error code, e.g. `illegal_prefix`, or one of [`OwnCode`]'s names.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What happened, without the advice.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next.
    #[must_use]
    pub fn advice(&self) -> &str {
        &self.0.advice
    }

    /// Whether the same call may succeed later, with nothing changed.
    ///
    /// A write may be repeated as it is only if its [`outcome`](Self::outcome) is [`Outcome::NotApplied`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether the change was applied.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The interface that was called, e.g. `addJumpQRCode`.
    #[must_use]
    pub fn interface(&self) -> Option<&'static str> {
        self.0.interface
    }

    /// WeChat's `errcode`.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        self.0.errcode
    }

    /// WeChat's `errmsg` as it came, rid included.
    #[must_use]
    pub fn errmsg(&self) -> Option<&str> {
        self.0.errmsg.as_deref()
    }

    /// The request id, which WeChat's support asks for.
    #[must_use]
    pub fn rid(&self) -> Option<&str> {
        self.0.rid.as_deref()
    }

    /// Every reason for which a request was refused before it was sent.
    #[must_use]
    pub fn violations(&self) -> &[Finding] {
        &self.0.violations
    }
}

/// What to do about `code`, with the address that has to be added to a list.
fn advice_of(code: &ErrCode, errmsg: &str) -> Cow<'static, str> {
    let address = code.is_about_address().then(|| address_in(errmsg));
    match address.flatten() {
        None => Cow::Borrowed(code.advice),
        Some(address @ IpAddr::V4(_)) => format!("{} The address is {address}.", code.advice).into(),
        // A developer reports that the console takes no address of IPv6.
        Some(address @ IpAddr::V6(_)) => format!(
            "{} The address is {address}. If the console does not take it, make the calls over IPv4.",
            code.advice
        )
        .into(),
    }
}

/// What happened, of an answer of WeChat's: its text, or the meaning of the number if the text is
/// empty.
fn message_of(errcode: i64, errmsg: &str) -> String {
    match (ErrCode::lookup(errcode), &*Errmsg::parse(errmsg).text) {
        (Some(known), "") => format!("errcode {errcode}: {}", known.meaning),
        (None, "") => format!("errcode {errcode}, with no text"),
        (_, text) => format!("errcode {errcode}: {text}"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(interface) = self.0.interface {
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

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("code", &inner.code)
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("advice", &inner.advice)
            .field("retryable", &inner.retryable)
            .field("outcome", &inner.outcome)
            .field("interface", &inner.interface)
            .field("errcode", &inner.errcode)
            .field("errmsg", &inner.errmsg)
            .field("rid", &inner.rid)
            .field("violations", &inner.violations)
            .field("source", &inner.source)
            .finish()
    }
}

impl Serialize for Error {
    /// All parts by their names, but for the source; `text` is what `Display` prints.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Error", 12)?;
        parts.serialize_field("kind", self.kind().name())?;
        parts.serialize_field("code", self.code())?;
        parts.serialize_field("interface", &self.interface())?;
        parts.serialize_field("errcode", &self.errcode())?;
        parts.serialize_field("errmsg", &self.errmsg())?;
        parts.serialize_field("rid", &self.rid())?;
        parts.serialize_field("message", self.message())?;
        parts.serialize_field("advice", self.advice())?;
        parts.serialize_field("retryable", &self.is_retryable())?;
        parts.serialize_field("outcome", self.outcome().name())?;
        parts.serialize_field("violations", self.violations())?;
        parts.serialize_field("text", &self.to_string())?;
        parts.end()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, ErrorKind, OwnCode};
    use crate::Secret;

    #[test]
    fn an_empty_errmsg_is_replaced_by_the_meaning() {
        let error = Error::from_answer(85076, " rid: 5f87eb8a-6ee66b1b-75f60c88");
        assert_eq!(error.code(), "icp_check_failed");
        assert!(error.message().contains("no ICP filing"), "{error}");
        assert_eq!(error.rid(), Some("5f87eb8a-6ee66b1b-75f60c88"));
    }

    #[test]
    fn an_unknown_number_keeps_number_and_text() {
        let error = Error::from_answer(12345, "something new");
        assert_eq!(error.errcode(), Some(12345));
        assert_eq!(error.errmsg(), Some("something new"));
        assert_eq!(error.code(), OwnCode::UnknownErrcode.name());
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }

    #[test]
    fn an_echoed_secret_is_struck_out_of_every_text() {
        let echo = "bad token T0/K3N+123! in ?access_token=T0%2FK3N%2B123";
        let error = Error::from_answer(40014, echo).redact(&Secret::new("T0/K3N+123"));
        let printed = format!("{error} {error:?} {:?}", error.errmsg());
        assert!(!printed.contains("K3N"), "{printed}");
        assert_eq!(error.errmsg(), Some("bad token ***! in ?access_token=***"));
        assert_eq!(
            error.message(),
            "errcode 40014: bad token ***! in ?access_token=***"
        );
    }

    #[test]
    fn our_own_text_is_not_shredded_by_what_a_caller_calls_a_secret() {
        // It stands in the meaning of the number, which takes the place of an empty text.
        let error = Error::from_answer(42001, "").redact(&Secret::new("The access token"));
        assert!(error.message().contains("The access token"), "{error}");
        let own = Error::new(OwnCode::DnsFailed, "api.weixin.qq.com cannot be resolved");
        let error = own.redact(&Secret::new("x"));
        assert_eq!(error.message(), "api.weixin.qq.com cannot be resolved");
    }
}
