//! Takes secrets that are not known out of a recorded request or response: by the names of their
//! fields, and by the forms that WeChat's tokens have.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

/// The replacement for a secret.
const STARS: &str = "***";

/// The ends of the names of fields with secrets, in lower case and without `_`.
const SECRET_NAMES: [&str; 9] = [
    "token",
    "secret",
    "ticket",
    "authcode",
    "authorizationcode",
    "jscode",
    "sessionkey",
    "aeskey",
    "password",
];

/// Between the kind and the random part of tickets, refresh tokens and codes.
const KIND_END: &str = "@@@";

/// No other word in a recorded text is as long as an access token after its number.
const SHORTEST_TOKEN: usize = 40;

/// Returns a text with stars instead of its secrets. The text is JSON, a query, or anything else.
pub(super) fn redact(text: &str) -> String {
    let is_json = text.trim_start().starts_with(['{', '[', '"']);
    match is_json.then(|| serde_json::from_str::<serde::de::IgnoredAny>(text)) {
        Some(Ok(_)) => redact_json(text),
        // It may be cut in the middle of a secret.
        Some(Err(_)) if names_secret(text) => STARS.to_owned(),
        _ => redact_query(text),
    }
}

/// Redacts valid JSON. What is not secret stays as it is, byte for byte.
fn redact_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, text, after)) = split_at_string(rest) {
        shown.push_str(before);
        let string = rest.get(before.len()..rest.len() - after.len());
        let value = after.trim_start().strip_prefix(':');
        if let Some(value) = value.filter(|_| is_secret_name(&text)) {
            shown.push_str(string.unwrap_or_default());
            shown.push(':');
            shown.extend(["\"", STARS, "\""]);
            rest = split_off_value::<serde::de::IgnoredAny>(value).map_or("", |(_, after)| after);
            continue;
        }
        let redacted = redact(&text);
        if redacted == text {
            shown.push_str(string.unwrap_or_default());
        } else {
            shown.push_str(&Value::from(redacted).to_string());
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Splits JSON at its first string: what is before it, its text, and what is after it.
fn split_at_string(json: &str) -> Option<(&str, String, &str)> {
    let (before, string) = json.split_at(json.find('"')?);
    let (text, after) = split_off_value(string)?;
    Some((before, text, after))
}

/// Splits the first value off JSON.
fn split_off_value<T: DeserializeOwned>(json: &str) -> Option<(T, &str)> {
    let mut values = Deserializer::from_str(json).into_iter();
    let value = values.next()?.ok()?;
    Some((value, json.get(values.byte_offset()..)?))
}

/// Redacts the fields of a query or a form, and words that have the form of a token.
fn redact_query(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for field in text.split_inclusive(['?', '&', '#', ' ', '\n']) {
        let end = field.len() - field.trim_end_matches(['?', '&', '#', ' ', '\n']).len();
        let (field, end) = field.split_at(field.len() - end);
        match field.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret_name(name) => {
                shown.extend([name, "=", STARS]);
            }
            _ => redact_words(field, &mut shown),
        }
        shown.push_str(end);
    }
    shown
}

/// Appends a text to `shown`, with stars for words that have the form of a token.
fn redact_words(text: &str, shown: &mut String) {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || "-_@".contains(letter);
    for word in text.split_inclusive(|letter| !is_of_word(letter)) {
        let (word, end) = word.split_at(word.trim_end_matches(|letter| !is_of_word(letter)).len());
        shown.push_str(if is_token(word) { STARS } else { word });
        shown.push_str(end);
    }
}

/// Whether a word has the form of a token: `refreshtoken@@@…`, or the `50_…` of an access token.
fn is_token(word: &str) -> bool {
    let is_access_token = word.split_once('_').is_some_and(|(number, random)| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && random.len() >= SHORTEST_TOKEN
    });
    is_access_token || word.contains(KIND_END)
}

/// Whether a field with this name, which may be percent-encoded, has a secret.
fn is_secret_name(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy();
    let name = name.to_ascii_lowercase().replace('_', "");
    SECRET_NAMES.iter().any(|end| name.ends_with(end))
}

/// Whether broken JSON has the name of a secret field, or an escape that may hide one.
fn names_secret(json: &str) -> bool {
    let json = json.to_ascii_lowercase().replace('_', "");
    SECRET_NAMES.iter().any(|name| json.contains(name)) || json.contains("\\u")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::redact;

    /// The form of an access token.
    const TOKEN: &str = "50_Im7xxxx-yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy_zz";

    #[test]
    fn secrets_are_taken_out_of_queries_and_json() {
        for (text, shown) in [
            ("access_token=50_Im7xxxx", "access_token=***"),
            ("a=1&access_token=T&b=2", "a=1&access_token=***&b=2"),
            ("component_access_token=T#x", "component_access_token=***#x"),
            ("access%5Ftoken=T", "access%5Ftoken=***"),
            (
                "https://api.weixin.qq.com/cgi-bin/x?access_token=T b",
                "https://api.weixin.qq.com/cgi-bin/x?access_token=*** b",
            ),
            (
                "grant_type=client_credential&appid=wx1&secret=S",
                "grant_type=client_credential&appid=wx1&secret=***",
            ),
            ("access_token=&b=2", "access_token=&b=2"),
            (
                r#"{"appid":"wx1", "secret" : "S\"x", "a":[1, 2.50]}"#,
                r#"{"appid":"wx1", "secret":"***", "a":[1, 2.50]}"#,
            ),
            (
                r#"{"AppSecret":{"a":["S"]},"b":1}"#,
                r#"{"AppSecret":"***","b":1}"#,
            ),
            (
                r#"{"access\u005ftoken":"T"}"#,
                r#"{"access\u005ftoken":"***"}"#,
            ),
            (
                r#"{"list":[{"refresh_token":"R","auth_time":1}]}"#,
                r#"{"list":[{"refresh_token":"***","auth_time":1}]}"#,
            ),
            (
                r#"{"authorization_code":"C","pre_auth_code":"P","errcode":0}"#,
                r#"{"authorization_code":"***","pre_auth_code":"***","errcode":0}"#,
            ),
            (
                r#"{"session_key":"K","EncodingAESKey":"K","password":"P"}"#,
                r#"{"session_key":"***","EncodingAESKey":"***","password":"***"}"#,
            ),
            // JSON in JSON, and a link in JSON.
            (
                r#"{"body":"{\"secret\":\"S\"}","u":"https://h/?access_token=T"}"#,
                r#"{"body":"{\"secret\":\"***\"}","u":"https://h/?access_token=***"}"#,
            ),
            ("ticket@@@AbC-1_2 and more", "*** and more"),
            ("<T><![CDATA[ticket@@@AbC]]></T>", "<T><![CDATA[***]]></T>"),
            // It was cut off.
            (r#"{"appid":"wx1","secret":"S3"#, "***"),
            (r#"{"a\u0070psecre\u0074":"S3"#, "***"),
        ] {
            assert_eq!(redact(text), shown, "{text}");
        }
        let text = format!(r#"{{"errmsg":"[{TOKEN}] is invalid","{TOKEN}":1}}"#);
        assert_eq!(redact(&text), r#"{"errmsg":"[***] is invalid","***":1}"#);
    }

    #[test]
    fn what_is_not_secret_stays_byte_for_byte() {
        for text in [
            "",
            "a=1&b=2",
            r#" {"prefix":"https://m.example.cn/店?a=1", "is_edit":0 , "n":1e3} "#,
            r#"{"errcode":45009,"errmsg":"limit rid: 617540e0-7e6f1a2b-3d4c5e6f"}"#,
            r#"{"file_name":"UASjIrr8C9.txt","file_content":"7781805a2d7f096b0a277a8db058c316"}"#,
            r#"{"path":"pages\/index\/index"}"#,
            r#"{"cut":"off"#,
            "[]",
            "\"a\"",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    /// Any JSON, with a secret field somewhere in it.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<i32>().prop_map(Value::from),
            r#"[ a\\"{}:,=&中]{0,6}"#.prop_map(Value::from),
            Just(json!({"access_token": "S3CR3T"})),
            Just(json!({"appsecret": ["S3CR3T", {"a": "S3CR3T"}]})),
            Just(json!(r#"{"secret":"S3CR3T"}"#)),
            Just(json!("?a=1&authorizer_refresh_token=S3CR3T")),
        ];
        leaf.prop_recursive(4, 24, 4, |value| {
            prop_oneof![
                prop::collection::vec(value.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[ab\"\\\\]{1,2}", value.clone(), 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
                value.prop_map(|value| Value::from(value.to_string())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_named_secret_is_never_shown_and_json_stays_json(value in any_json()) {
            let shown = redact(&value.to_string());
            prop_assert!(!shown.contains("S3CR3T"), "{}", shown);
            prop_assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{}", shown);
            prop_assert_eq!(redact(&shown), shown);
        }

        #[test]
        fn a_text_that_was_cut_shows_no_secret(value in any_json(), at in 0..400_usize) {
            let text = value.to_string();
            let cut: String = text.chars().take(at).collect();
            let is_object = cut.starts_with(['{', '[']);
            prop_assert!(!is_object || !redact(&cut).contains("S3CR3T"), "{}", cut);
        }
    }
}
