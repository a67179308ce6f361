//! Takes a secret out of a text that came from outside.
//!
//! WeChat's secrets are long and random: tokens have 100 to 512 characters, appsecrets 32 hex
//! digits. Such a secret is struck out wherever it stands. A test's or a caller's placeholder may
//! be `x` or `secret`. Struck out everywhere, it would shred texts that have nothing to do with it,
//! such as the host's name. It is struck out only where it stands as a value: `access_token=x`,
//! `"x"`.

use serde_json::Value;

use crate::Secret;
use crate::request::encoded;

/// What stands in the place of a secret.
const STARS: &str = "***";

/// A secret with fewer characters is struck out only where it stands as a value.
const SHORTEST_UNMISTAKABLE: usize = 6;

/// Takes `secret` out of `text`: as it is, as it stands in a query, and as it stands in JSON.
pub(super) fn redact(text: &mut String, secret: &Secret) {
    let secret_text = secret.expose();
    if secret_text.is_empty() {
        return;
    }
    let in_query = encoded(secret);
    let in_json = Value::from(secret_text).to_string();
    let in_json = in_json
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(&in_json);
    let as_value_only = could_be_a_word(secret_text);
    for form in [secret_text, &in_query, in_json] {
        if let Some(redacted) = without(text, form, as_value_only) {
            *text = redacted;
        }
    }
}

/// Whether the secret may stand in a text by chance.
fn could_be_a_word(secret: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    secret.chars().count() < SHORTEST_UNMISTAKABLE
        || secret.bytes().all(is_word)
        || secret.bytes().all(|byte| byte.is_ascii_digit())
}

/// `text` with stars in the place of `form`; `None` if there is nothing to replace.
fn without(text: &str, form: &str, as_value_only: bool) -> Option<String> {
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

/// Whether what stands between these two is the whole of a value: in quotes or brackets, or after
/// `=` or `:`.
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
    use super::redact;
    use crate::Secret;

    fn redacted(text: &str, secret: &str) -> String {
        let mut text = text.to_owned();
        redact(&mut text, &Secret::new(secret));
        text
    }

    #[test]
    fn a_long_secret_is_struck_out_wherever_it_stands() {
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
