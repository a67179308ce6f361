//! Takes a secret out of the texts of an error.
//!
//! WeChat's secrets are long and random: tokens have 100 to 512 characters, appsecrets 32 hex
//! digits. Such a secret is struck out everywhere. In a test, a caller's secret may be a
//! placeholder such as `x` or `secret`. If it were struck out everywhere, it would destroy
//! unrelated text, such as the host's name. So it is struck out only as a value: `access_token=x`,
//! `"x"`.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::error::Error as StdError;
use core::fmt;

use serde_json::Value;

use super::{Error, Inner, Source, message_of};
use crate::secret::Secret;

/// The replacement for a secret.
const STARS: &str = "***";

/// Shorter secrets are struck out only as a value.
const MIN_UNMISTAKABLE: usize = 6;

/// What stands between the kind of a credential and its secret part, as in `ticket@@@…`,
/// `refreshtoken@@@…`, `preauthcode@@@…` and `queryauthcode@@@…`: raw, and encoded for a query.
const MARKS: [&str; 2] = ["@@@", "%40%40%40"];

/// Strikes out what has the form of a credential of a platform. Such a credential may be in a text
/// of WeChat's without being known here.
pub(super) fn strike_credentials(text: &str) -> Cow<'_, str> {
    let mut struck = Cow::Borrowed(text);
    for mark in MARKS {
        if struck.contains(mark) {
            struck = Cow::Owned(strike_after(&struck, mark));
        }
    }
    struck
}

/// Returns the text with stars for each mark, the kind of the credential before it, and what
/// follows it.
fn strike_after(text: &str, mark: &str) -> String {
    let is_secret = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    let mut pieces = text.split(mark);
    let mut struck = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let rest = piece.trim_start_matches(is_secret);
        if rest.len() < piece.len() {
            let is_kind = |character: char| character.is_ascii_lowercase();
            let kept = struck.trim_end_matches(is_kind).len();
            struck.truncate(kept);
            struck.push_str(STARS);
        } else {
            struck.push_str(mark);
        }
        struck.push_str(rest);
    }
    struck
}

/// Strikes `secret` out of every text of an error.
pub(super) fn redact_error(inner: &mut Inner, secret: &Secret) {
    redact_answer(inner, secret);
    // Text that was compiled in holds no secret.
    if let Some(Cow::Owned(advice)) = &mut inner.advice {
        redact(advice, secret);
    }
    if let Some(Cow::Owned(interface)) = &mut inner.interface {
        redact(interface, secret);
    }
    for finding in &mut inner.violations {
        redact(&mut finding.field, secret);
        redact(&mut finding.message, secret);
    }
    if let Some(source) = &inner.source {
        inner.source = Some(redacted_source(source, secret));
    }
}

/// Strikes `secret` out of the message and the `errmsg`. The request id is a part of the `errmsg`.
fn redact_answer(inner: &mut Inner, secret: &Secret) {
    if let (Some(errcode), Some(errmsg)) = (inner.code.errcode(), &mut inner.errmsg) {
        let is_made_of_errmsg = inner.message == message_of(inner.code, errcode, errmsg);
        redact(errmsg, secret);
        if is_made_of_errmsg {
            // The rest of the message is ours. A caller's placeholder must not destroy it.
            inner.message = message_of(inner.code, errcode, errmsg);
            return;
        }
    }
    redact(&mut inner.message, secret);
}

/// Returns `source` without `secret`: the same one if nothing in its chain shows the secret.
fn redacted_source(source: &Source, secret: &Secret) -> Source {
    if let Some(error) = source.downcast_ref::<Error>() {
        return Arc::new(error.clone().redact(secret));
    }
    if chain_shows(&**source, secret) {
        Arc::new(RedactedSource::new(&**source, secret))
    } else {
        Arc::clone(source)
    }
}

fn chain_shows(source: &(dyn StdError + 'static), secret: &Secret) -> bool {
    core::iter::successors(Some(source), |error| (*error).source()).any(|error| {
        let printed = format!("{error}\n{error:?}");
        let mut redacted = printed.clone();
        redact(&mut redacted, secret);
        redacted != printed
    })
}

/// The texts of a chain of errors that showed a secret.
#[derive(Debug)]
struct RedactedSource {
    text: String,
    source: Option<Box<Self>>,
}

impl RedactedSource {
    fn new(error: &(dyn StdError + 'static), secret: &Secret) -> Self {
        let mut text = error.to_string();
        redact(&mut text, secret);
        let source = error.source();
        Self {
            text,
            source: source.map(|source| Box::new(Self::new(source, secret))),
        }
    }
}

impl fmt::Display for RedactedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for RedactedSource {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Takes `secret` out of `text`: raw, encoded for a query, and escaped for JSON.
fn redact(text: &mut String, secret: &Secret) {
    let secret_text = secret.expose();
    if secret_text.is_empty() {
        return;
    }
    let in_query = secret.encoded();
    let in_json = Value::from(secret_text).to_string();
    let in_json = in_json
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(&in_json);
    let as_value_only = could_be_a_word(secret_text);
    for form in [secret_text, &in_query, in_json] {
        if let Some(redacted) = replace(text, form, as_value_only) {
            *text = redacted;
        }
    }
}

/// Whether the secret may occur in a text by chance.
fn could_be_a_word(secret: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    secret.chars().count() < MIN_UNMISTAKABLE
        || secret.bytes().all(is_word)
        || secret.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns `text` with stars instead of `form`; `None` if there is nothing to replace.
fn replace(text: &str, form: &str, as_value_only: bool) -> Option<String> {
    let mut redacted = String::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(form) {
        let (start, end) = (from + found, from + found + form.len());
        if !as_value_only || is_value(text.get(..start)?, text.get(end..)?) {
            let kept = rest.len() - (text.len() - start);
            redacted.push_str(rest.get(..kept)?);
            redacted.push_str(STARS);
            rest = text.get(end..)?;
            from = end;
        } else {
            // The next match may overlap this one.
            from = start + text.get(start..)?.chars().next()?.len_utf8();
        }
    }
    if redacted.is_empty() {
        return None;
    }
    redacted.push_str(rest);
    Some(redacted)
}

/// Whether the text between these two is a whole value: in quotes or brackets, or after `=` or `:`.
fn is_value(before: &str, after: &str) -> bool {
    // JSON in JSON has a backslash before each quote.
    let next = after.trim_start_matches('\\').chars().next();
    match before.chars().next_back() {
        Some('=' | ':') => next
            .is_none_or(|next| !next.is_alphanumeric() && !matches!(next, '_' | '-' | '.' | '/')),
        Some('[') => next == Some(']'),
        Some('(') => next == Some(')'),
        Some('<') => next == Some('>'),
        Some(quote @ ('"' | '\'' | '`')) => next == Some(quote),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::{io, iter};

    use super::{redact, strike_credentials};
    use crate::error::{Error, OwnCode};
    use crate::finding::{Finding, FindingCode};
    use crate::secret::Secret;

    const SECRET: &str = "T0/K3N+123";

    /// Holds an error that shows the secret in one place to what it shows after the redaction.
    fn assert_redacted(error: Error) -> Error {
        assert!(printed(&error).contains("K3N"), "it must show the secret");
        let error = error.redact(&Secret::new(SECRET));
        let printed = printed(&error);
        assert!(!printed.contains("K3N"), "{printed}");
        assert!(printed.contains("***"), "{printed}");
        error
    }

    /// Everything that can be seen of an error, down the chain of its sources.
    fn printed(error: &Error) -> String {
        let json = serde_json::to_string(error).unwrap();
        let chain = iter::successors(error.source(), |source| (*source).source());
        let sources: Vec<_> = chain.map(|source| format!("{source} {source:?}")).collect();
        format!("{error} {error:?} {json} {:?} {sources:?}", error.rid())
    }

    #[test]
    fn a_secret_in_the_errmsg_is_struck_out_of_it_and_of_the_message() {
        let echo = "bad token T0/K3N+123! in ?access_token=T0%2FK3N%2B123";
        let error = assert_redacted(Error::from_answer(40014, echo));
        assert_eq!(error.errmsg(), Some("bad token ***! in ?access_token=***"));
        assert_eq!(
            error.message(),
            "errcode 40014: bad token ***! in ?access_token=***"
        );
    }

    #[test]
    fn a_secret_in_the_rid_is_struck_out() {
        let rid = "5f87eb8a-6ee66b1b-75f60c88";
        let error = Error::from_answer(85076, &format!("rid: {rid}"));
        assert_eq!(error.rid(), Some(rid));
        let error = error.redact(&Secret::new(rid));
        assert_eq!((error.rid(), error.errmsg()), (None, Some("rid: ***")));
    }

    #[test]
    fn a_secret_in_a_message_that_is_not_made_of_the_errmsg_is_struck_out() {
        let error = Error::from_answer(40014, "invalid").with_message("T0/K3N+123 is invalid");
        assert_eq!(assert_redacted(error).message(), "*** is invalid");
        let own = Error::new(OwnCode::ProxyFailed, "the proxy said T0/K3N+123");
        assert_eq!(assert_redacted(own).message(), "the proxy said ***");
    }

    #[test]
    fn a_secret_in_the_advice_is_struck_out() {
        let error = Error::new(OwnCode::StoreNotPrivate, "others can read it");
        let error = error.with_advice("Run: chmod 600 T0/K3N+123".to_owned());
        assert_eq!(assert_redacted(error).advice(), "Run: chmod 600 ***");
    }

    #[test]
    fn a_secret_in_a_violation_is_struck_out() {
        for (field, message) in [("T0/K3N+123", "is unknown"), ("a", "is T0/K3N+123")] {
            let error = Error::invalid(vec![Finding {
                field: field.to_owned(),
                code: FindingCode::UnknownField,
                message: message.to_owned(),
            }]);
            assert_redacted(error);
        }
    }

    #[test]
    fn a_secret_in_a_source_is_struck_out_down_the_chain() {
        let own = Error::new(OwnCode::TokenSourceFailed, "the token function failed");
        let deep = io::Error::other("T0/K3N+123 was refused");
        let middle = Error::new(OwnCode::ConnectFailed, "no connection").with_source(deep);
        let foreign = io::Error::other(middle.clone());
        for source in [own.clone().with_source(middle), own.with_source(foreign)] {
            let top = Error::new(OwnCode::Timeout, "late").with_source(source);
            let error = assert_redacted(top);
            // An error of ours stays one.
            assert!(error.source().unwrap().is::<Error>());
        }
    }

    #[test]
    fn a_source_that_shows_no_secret_stays_as_it_is() {
        let error = Error::new(OwnCode::Timeout, "late").with_source(io::Error::other("broken"));
        let error = error.redact(&Secret::new(SECRET));
        assert!(error.source().unwrap().is::<io::Error>());
    }

    #[test]
    fn our_own_text_is_not_destroyed_by_a_placeholder_for_a_secret() {
        // The meaning of the number replaces the empty text, and has the placeholder in it.
        let secret = Secret::new("The access token");
        let error = Error::from_answer(42001, "").redact(&secret);
        assert!(error.message().contains("The access token"), "{error}");
        let own = Error::new(OwnCode::DnsFailed, "api.weixin.qq.com cannot be resolved");
        let error = own.redact(&Secret::new("x"));
        assert_eq!(error.message(), "api.weixin.qq.com cannot be resolved");
    }

    #[test]
    fn a_credential_in_a_text_of_wechats_is_struck_out_without_being_known() {
        for (text, expected) in [
            ("ticket@@@a-_Z9 is old", "*** is old"),
            (
                r#"{"code":"queryauthcode@@@A","pre":"preauthcode@@@B"}"#,
                r#"{"code":"***","pre":"***"}"#,
            ),
            ("?c=refreshtoken%40%40%40Ab1&d", "?c=***&d"),
            ("ticket@@@A@@@B", "******"),
            ("begin with `ticket@@@`", "begin with `ticket@@@`"),
            ("a@b @@ 中", "a@b @@ 中"),
        ] {
            assert_eq!(strike_credentials(text), expected, "{text}");
            let error = Error::from_answer(61010, text);
            assert_eq!(error.errmsg(), Some(expected));
            assert!(error.message().ends_with(expected), "{error}");
        }
    }

    fn redacted(text: &str, secret: &str) -> String {
        let mut text = text.to_owned();
        redact(&mut text, &Secret::new(secret));
        text
    }

    #[test]
    fn a_long_secret_is_struck_out_everywhere() {
        for (text, secret, expected) in [
            ("bad 78_SeCrEt!", "78_SeCrEt", "bad ***!"),
            ("78_SeCrEt78_SeCrEt", "78_SeCrEt", "******"),
            ("a?t=T0%2FK3N%2B1 b", "T0/K3N+1", "a?t=*** b"),
            (r#"{"s":"\\S3\"CR-ET"}"#, r#"\S3"CR-ET"#, r#"{"s":"***"}"#),
            ("密码是一二三四五六", "密码是一二三四五六", "***"),
            ("nothing", "78_SeCrEt", "nothing"),
        ] {
            assert_eq!(redacted(text, secret), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_that_could_be_a_word_is_struck_out_only_as_a_value() {
        for (text, secret, expected) in [
            (
                "no host api.weixin.qq.com",
                "x",
                "no host api.weixin.qq.com",
            ),
            ("the proxy, x, xx", "x", "the proxy, x, xx"),
            ("?access_token=x&a=xx", "x", "?access_token=***&a=xx"),
            ("?access_token=x", "x", "?access_token=***"),
            (
                r#"{"access_token":"x","a":"xx"}"#,
                "x",
                r#"{"access_token":"***","a":"xx"}"#,
            ),
            (
                r#"{\"access_token\":\"x\"}"#,
                "x",
                r#"{\"access_token\":\"***\"}"#,
            ),
            (
                "token [x] 'x' (x) <x> x",
                "x",
                "token [***] '***' (***) <***> x",
            ),
            ("token:x token:x/y", "x", "token:*** token:x/y"),
            ("=aaa =aa", "aa", "=aaa =***"),
            (
                "the appsecret is secret: secret=secret",
                "secret",
                "the appsecret is secret: secret=***",
            ),
            (
                "no usable access_token",
                "access_token",
                "no usable access_token",
            ),
            ("?t=a%2Fb x/a%2Fb", "a/b", "?t=*** x/a%2Fb"),
            ("", "x", ""),
            ("x", "", "x"),
        ] {
            assert_eq!(redacted(text, secret), expected, "{text}");
        }
    }
}
