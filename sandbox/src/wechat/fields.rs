//! The fields of a request body. Like WeChat, the sandbox accepts numeric strings as numbers.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// "invalid args": a field is missing or has the wrong type.
pub(super) const INVALID_ARGS: i64 = 40097;

#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Parses a request body. An empty body gets 44002, a body that is not a JSON object 47001, and
    /// a body with a `\u` escape beyond ASCII 40033.
    ///
    /// Escapes of ASCII are decoded: the JSON libraries of Java (Gson) and Go send `\u003d`,
    /// `\u0026` and the like, and their users' links with a query work.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Err(44002.into());
        }
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Err(47001.into());
        };
        if has_escape_beyond_ascii(body) {
            return Err(40033.into());
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether a field of the other mode has a value. Null, `""` and 0 count as absent: an SDK's
    /// type may have the fields of both modes and serialise the unused ones like this.
    pub(super) fn has_value(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.as_str() != Some("") && value.as_i64() != Some(0))
    }

    /// Returns a required text that is not empty.
    pub(super) fn text(&self, name: &str) -> Result<&str, Refusal> {
        Ok(self.optional_text(name)?.ok_or(INVALID_ARGS)?)
    }

    /// Returns an optional text. An empty text counts as absent.
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(INVALID_ARGS.into()),
        }
    }

    /// Returns an optional number. It may be a numeric string.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let number = match self.get(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        Ok(Some(number.ok_or(INVALID_ARGS)?))
    }

    /// Returns the value of a required number. A number without a value is refused.
    pub(super) fn choice<T>(
        &self,
        name: &str,
        from_number: fn(i64) -> Option<T>,
    ) -> Result<T, Refusal> {
        let value = self.number(name)?.and_then(from_number);
        Ok(value.ok_or(INVALID_ARGS)?)
    }

    /// Returns a required number from `min` to `max`.
    pub(super) fn size(&self, name: &str, min: usize, max: usize) -> Result<usize, Refusal> {
        let size = self.number(name)?.and_then(|size| size.try_into().ok());
        let size = size.filter(|size| (min..=max).contains(size));
        Ok(size.ok_or(INVALID_ARGS)?)
    }

    /// Returns an optional array of texts. A bare string is accepted and counts as absent.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        match self.get(name) {
            None | Some(Value::String(_)) => Ok(None),
            Some(Value::Array(entries)) => entries
                .iter()
                .map(|entry| entry.as_str().map(str::to_owned).ok_or(INVALID_ARGS.into()))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(INVALID_ARGS.into()),
        }
    }

    /// Returns a boolean: a JSON boolean, a number or a string. An absent field is false.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) => number.as_i64().is_some_and(|number| number != 0),
            Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
            _ => false,
        }
    }
}

/// Whether a JSON text has a `\u` escape of a character that is not ASCII. Valid JSON has
/// backslashes in strings only. After each follows the escaped character, or `u` and four hex
/// digits.
fn has_escape_beyond_ascii(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if let [b'u', first, second, third, _, ..] = escape {
            if !matches!((first, second, third), (b'0', b'0', b'0'..=b'7')) {
                return true;
            }
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errcode(body: &str) -> i64 {
        Fields::parse(body.as_bytes()).map_or_else(|refusal| refusal.errcode, |_| 0)
    }

    #[test]
    fn only_escapes_beyond_ascii_are_refused() {
        for path in [
            r"\u4e2d",
            r"\u0080",
            r"a\u003d\u00e9",
            r"\uD83D\uDE00",
            r"\\\u4E2D",
        ] {
            assert_eq!(errcode(&format!(r#"{{"path":"{path}"}}"#)), 40033, "{path}");
        }
        for path in [r"\u003d\u0026\u003C\u003e\u0027", r"\u007f", r"\\u4e2d"] {
            assert_eq!(errcode(&format!(r#"{{"path":"{path}"}}"#)), 0, "{path}");
        }
        assert_eq!(errcode(r#"{"path":"\\u4e2d\/\""}"#), 0);
        assert_eq!(errcode(r#"{"path":"中"}"#), 0);
    }

    #[test]
    fn null_an_empty_text_and_0_count_as_absent() {
        let fields = Fields::parse(br#"{"a":null,"b":"","c":0,"d":"wx","e":1,"f":" "}"#).unwrap();
        let has_value = ["a", "b", "c", "d", "e", "f", "g"].map(|name| fields.has_value(name));
        assert_eq!(has_value, [false, false, false, true, true, true, false]);
    }

    #[test]
    fn a_body_must_be_one_json_object() {
        assert_eq!(errcode(""), 44002);
        for body in [" ", "[]", "{", "prefix=a", "\u{feff}{}", "null"] {
            assert_eq!(errcode(body), 47001, "{body}");
        }
    }

    #[test]
    fn only_numbers_and_numeric_strings_are_numbers() {
        let fields =
            Fields::parse(br#"{"a":"1","b":2,"c":true,"d":1.5,"e":"x","f":null,"g":[]}"#).unwrap();
        assert_eq!(fields.number("a"), Ok(Some(1)));
        assert_eq!(fields.number("b"), Ok(Some(2)));
        assert_eq!(fields.number("f"), Ok(None));
        for name in ["c", "d", "e", "g"] {
            assert_eq!(fields.number(name), Err(INVALID_ARGS.into()), "{name}");
        }
    }
}
