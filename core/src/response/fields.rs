use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::slice;

use super::value::Value;

/// The fields of a response. They are read leniently: a number may be a text, a text may have white
/// space around it, and any field may be missing. Of fields with the same name, the last one
/// counts.
///
/// Texts are borrowed from the response.
///
/// `Debug` shows the names of the fields only: a value may be an access token.
pub struct Fields<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Fields<'a> {
    pub(super) fn new(fields: Vec<(Cow<'a, str>, Value<'a>)>) -> Self {
        Self(fields)
    }

    /// Returns `errcode`, or `None` if it is missing or not a number.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        self.number("errcode")
    }

    /// Returns `errmsg`, or an empty text if it is missing.
    #[must_use]
    pub fn errmsg(&self) -> &str {
        self.raw_text("errmsg").unwrap_or_default()
    }

    /// Whether the response has `field`, and it is not null.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.get(field)
            .is_some_and(|value| !matches!(value, Value::Null))
    }

    /// Reads a whole number, which may be a text.
    pub(crate) fn number(&self, field: &str) -> Option<i64> {
        match self.get(field)? {
            Value::Whole(number) => Some(*number),
            Value::Text(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| whole(text.parse().ok()?))
            }
            Value::Float(number) => whole(*number),
            _ => None,
        }
    }

    /// Reads a whole number from 0 on. A negative one counts as missing.
    pub(crate) fn count(&self, field: &str) -> Option<u64> {
        self.number(field)
            .and_then(|number| u64::try_from(number).ok())
    }

    /// Reads `0` or `1`, or a JSON boolean.
    pub(crate) fn flag(&self, field: &str) -> Option<bool> {
        match self.get(field)? {
            Value::Bool(flag) => Some(*flag),
            _ => self.number(field).map(|number| number != 0),
        }
    }

    /// Reads a text, and removes the white space around it.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        self.raw_text(field).map(|text| text.trim().to_owned())
    }

    /// Reads a text, and removes the white space around it. An empty text counts as missing.
    pub(crate) fn filled_text(&self, field: &str) -> Option<String> {
        self.text(field).filter(|text| !text.is_empty())
    }

    /// Reads a text as it is.
    pub(crate) fn raw_text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_text()
    }

    /// Reads a list of texts. White space around them, empty texts and duplicates are removed. A
    /// single text counts as a list.
    pub(crate) fn texts(&self, field: &str) -> Option<Vec<String>> {
        let entries = match self.get(field)? {
            Value::List(entries) => entries.as_slice(),
            text @ Value::Text(_) => slice::from_ref(text),
            _ => return None,
        };
        let mut texts: Vec<String> = Vec::with_capacity(entries.len());
        for text in entries.iter().filter_map(Value::as_text).map(str::trim) {
            if !text.is_empty() && !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
        Some(texts)
    }

    /// Whether `field` is a list.
    pub(crate) fn is_list(&self, field: &str) -> bool {
        matches!(self.get(field), Some(Value::List(_)))
    }

    /// Reads the objects in a list. Other entries are skipped. Without the list, there are none.
    pub(crate) fn objects(&self, field: &str) -> impl Iterator<Item = &Self> {
        self.entries(field).iter().filter_map(Value::as_object)
    }

    /// Returns the number of entries in a list, objects and others.
    pub(crate) fn entry_count(&self, field: &str) -> usize {
        self.entries(field).len()
    }

    /// Reads an object.
    pub(crate) fn object(&self, field: &str) -> Option<&Self> {
        self.get(field)?.as_object()
    }

    fn entries(&self, field: &str) -> &[Value<'a>] {
        match self.get(field) {
            Some(Value::List(entries)) => entries,
            _ => &[],
        }
    }

    fn get(&self, field: &str) -> Option<&Value<'a>> {
        let mut last_first = self.0.iter().rev();
        last_first
            .find(|(name, _)| name == field)
            .map(|(_, value)| value)
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

/// Converts a float that is a whole number, if it is in the range in which floats are exact.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    ((-EXACT..=EXACT).contains(&number) && number % 1.0 == 0.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::{Fields, whole};
    use crate::Error;
    use crate::response::{Response, TextResponse};

    fn response(json: impl Into<Vec<u8>>) -> TextResponse {
        Response::ok(json).into()
    }

    #[test]
    fn numbers_are_read_from_numbers_and_texts() {
        for (json, number) in [
            (r#"{"n": 85066}"#, Some(85066)),
            (r#"{"n": "-1"}"#, Some(-1)),
            (r#"{"n": " 7 "}"#, Some(7)),
            (r#"{"n": 40001.0}"#, Some(40001)),
            (r#"{"n": "4e4"}"#, Some(40_000)),
            (r#"{"n": -0}"#, Some(0)),
            (r#"{"n": 9223372036854775807}"#, Some(i64::MAX)),
            (r#"{"n": 9223372036854775808}"#, None),
            (r#"{"n": 1.5}"#, None),
            (r#"{"n": 100000000000000000000}"#, None),
            (r#"{"n": "ok"}"#, None),
            (r#"{"n": true}"#, None),
            (r#"{"n": null}"#, None),
            (r#"{"n": 1, "n": "2"}"#, Some(2)),
            (r#"{"n": 1, "n": null}"#, None),
            ("{}", None),
        ] {
            let response = response(json);
            assert_eq!(response.fields().unwrap().number("n"), number, "{json}");
        }
    }

    #[test]
    fn lists_of_texts_have_neither_white_space_nor_duplicates() {
        let response = response(r#"{"l": [" a ", "b", "a", "", 3, null], "t": "c", "n": 1}"#);
        let fields = response.fields().unwrap();
        assert_eq!(fields.texts("l").unwrap(), ["a", "b"]);
        assert_eq!(fields.texts("t").unwrap(), ["c"]);
        assert_eq!(fields.texts("n"), None);
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let response = response(r#"{"access_token": "s3cr3t", "a": {"b": "s3cr3t"}}"#);
        let fields = response.fields().unwrap();
        assert_eq!(format!("{fields:?}"), r#"{"access_token", "a"}"#);
    }

    /// Compares each reading of each field with the same reading of `serde_json`'s value.
    fn check_fields(
        fields: &Fields<'_>,
        expected: &Map<String, Value>,
    ) -> Result<(), TestCaseError> {
        for name in expected.keys().map(String::as_str).chain(["missing"]) {
            let value = expected.get(name).unwrap_or(&Value::Null);
            prop_assert_eq!(fields.has(name), !value.is_null());
            let number = match value {
                Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
                Value::String(text) => {
                    let text = text.trim();
                    let float = || whole(text.parse().ok()?);
                    text.parse().ok().or_else(float)
                }
                _ => None,
            };
            prop_assert_eq!(fields.number(name), number);
            let flag = value.as_bool().or(number.map(|number| number != 0));
            prop_assert_eq!(fields.flag(name), flag);
            prop_assert_eq!(fields.raw_text(name), value.as_str());
            prop_assert_eq!(fields.is_list(name), value.is_array());
            let entries = value.as_array().map_or(&[][..], Vec::as_slice);
            prop_assert_eq!(fields.entry_count(name), entries.len());
            let objects = entries.iter().filter_map(Value::as_object);
            prop_assert_eq!(fields.objects(name).count(), objects.clone().count());
            for (object, expected) in fields.objects(name).zip(objects) {
                check_fields(object, expected)?;
            }
            prop_assert_eq!(fields.object(name).is_some(), value.is_object());
            for (object, expected) in fields.object(name).into_iter().zip(value.as_object()) {
                check_fields(object, expected)?;
            }
        }
        Ok(())
    }

    /// JSON, with a byte order mark or without, and JSON that is broken somewhere.
    fn any_body() -> impl Strategy<Value = Vec<u8>> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            r#"[ a0-9"\\中]{0,4}"#.prop_map(Value::from),
        ];
        let object = |value| btree_map("[ab]|errcode", value, 0..4).prop_map(Map::from_iter);
        let value = scalar.prop_recursive(4, 16, 4, move |value| {
            let list = vec(value.clone(), 0..4).prop_map(Value::from);
            prop_oneof![list, object(value).prop_map(Value::from)]
        });
        let object = object(value.boxed()).prop_map(|object| Value::from(object).to_string());
        let pieces = concat!(
            r#"(\{?"[ab]":|[\[\]{},: \n~]|null|true|-?0|1e3|1e999|1\.5|18446744073709551615|"#,
            r#""( 7 |\\u0061|\\ud800|中|~|)"?){0,12}"#,
        );
        // `~` stands for a byte that is not UTF-8.
        (
            "\u{feff}?",
            prop_oneof![Just(String::new()), object],
            pieces,
        )
            .prop_map(|(mark, object, pieces)| mark + &object + &pieces)
            .prop_map(|text| {
                let bytes = text.bytes();
                bytes
                    .map(|byte| if byte == b'~' { 0xff } else { byte })
                    .collect()
            })
    }

    proptest! {
        #[test]
        fn fields_and_errors_are_those_of_the_json(body in any_body()) {
            let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
            let text = String::from_utf8_lossy(text).into_owned();
            let response = response(body);
            let message = |error: Error| error.message().to_owned();
            match (serde_json::from_str(&text), response.fields().map_err(message)) {
                (Ok(Value::Object(expected)), Ok(fields)) => check_fields(&fields, &expected)?,
                (Ok(Value::Object(_)), Err(message)) => prop_assert!(false, "{}", message),
                (Ok(_), fields) => {
                    prop_assert!(fields.unwrap_err().ends_with("JSON, but not an object"));
                }
                (Err(_), fields) if text.trim_ascii().is_empty() => {
                    prop_assert!(fields.unwrap_err().ends_with("is empty"));
                }
                (Err(error), fields) => {
                    let place = format!("(line {}, column {})", error.line(), error.column());
                    prop_assert!(fields.unwrap_err().ends_with(&place));
                }
            }
        }
    }
}
