use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::slice;

use serde_json::{Map, Value};

/// The fields of a response. They are read leniently: a number may be a text, a text may have white
/// space around it, and any field may be missing.
///
/// `Debug` shows the names of the fields only: a value may be an access token.
#[derive(Clone, PartialEq)]
pub struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn new(fields: Map<String, Value>) -> Self {
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
        self.0.get(field).is_some_and(|value| !value.is_null())
    }

    /// Reads a whole number, which may be a text.
    pub(crate) fn number(&self, field: &str) -> Option<i64> {
        match self.0.get(field)? {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| whole(text.parse().ok()?))
            }
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
        match self.0.get(field)? {
            Value::Bool(flag) => Some(*flag),
            _ => self.number(field).map(|number| number != 0),
        }
    }

    /// Reads a text, and removes the white space around it.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        self.raw_text(field).map(|text| text.trim().to_owned())
    }

    /// Reads a text as it is.
    pub(crate) fn raw_text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// Reads a list of texts. White space around them, empty texts and duplicates are removed. A
    /// single text counts as a list.
    pub(crate) fn texts(&self, field: &str) -> Option<Vec<String>> {
        let entries = match self.0.get(field)? {
            Value::Array(entries) => entries.as_slice(),
            text @ Value::String(_) => slice::from_ref(text),
            _ => return None,
        };
        let mut texts: Vec<String> = Vec::with_capacity(entries.len());
        for text in entries.iter().filter_map(Value::as_str).map(str::trim) {
            if !text.is_empty() && !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
        Some(texts)
    }

    /// Whether `field` is a list.
    pub(crate) fn is_list(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(Value::is_array)
    }

    /// Reads the objects in a list. Other entries are skipped.
    pub(crate) fn objects(&self, field: &str) -> Option<Vec<Self>> {
        Some(self.entries(field)?.into_iter().flatten().collect())
    }

    /// Reads the entries of a list. An entry that is not an object is `None`.
    pub(crate) fn entries(&self, field: &str) -> Option<Vec<Option<Self>>> {
        let entries = self.0.get(field)?.as_array()?.iter();
        Some(
            entries
                .map(|entry| entry.as_object().cloned().map(Self))
                .collect(),
        )
    }

    /// Reads an object.
    pub(crate) fn object(&self, field: &str) -> Option<Self> {
        self.0.get(field)?.as_object().cloned().map(Self)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
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
    use super::Fields;

    fn object(json: &str) -> Fields {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        Fields::new(value.as_object().unwrap().clone())
    }

    #[test]
    fn numbers_are_read_from_numbers_and_texts() {
        for (json, number) in [
            (r#"{"n": 85066}"#, Some(85066)),
            (r#"{"n": "-1"}"#, Some(-1)),
            (r#"{"n": " 7 "}"#, Some(7)),
            (r#"{"n": 40001.0}"#, Some(40001)),
            (r#"{"n": "4e4"}"#, Some(40_000)),
            (r#"{"n": 1.5}"#, None),
            (r#"{"n": 100000000000000000000}"#, None),
            (r#"{"n": "ok"}"#, None),
            (r#"{"n": true}"#, None),
            (r#"{"n": null}"#, None),
            ("{}", None),
        ] {
            assert_eq!(object(json).number("n"), number, "{json}");
        }
    }

    #[test]
    fn lists_of_texts_have_neither_white_space_nor_duplicates() {
        let object = object(r#"{"l": [" a ", "b", "a", "", 3, null], "t": "c", "n": 1}"#);
        assert_eq!(object.texts("l").unwrap(), ["a", "b"]);
        assert_eq!(object.texts("t").unwrap(), ["c"]);
        assert_eq!(object.texts("n"), None);
    }
}
