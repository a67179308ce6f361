//! A request's body, read as tolerantly as WeChat's: numbers may be numeric strings.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// "invalid args": what is missing or of the wrong kind.
const INVALID_ARGS: i64 = 40097;

#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// 44002 for an empty body, 47001 for one that is not a JSON object, 40033 for one with a `\u`
    /// escape beyond ASCII.
    ///
    /// Escapes of ASCII are decoded: the JSON libraries of Java (Gson) and Go send `\u003d`,
    /// `\u0026` and the like, and their users' links with a query work.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Err(Refusal::new(44002));
        }
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Err(Refusal::new(47001));
        };
        if has_escape_beyond_ascii(body) {
            return Err(Refusal::new(40033));
        }
        Ok(Self(fields))
    }

    /// No fields, for an interface that takes an empty body.
    pub(crate) fn none() -> Self {
        Self(Map::new())
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether a field of the other mode is there. A typed object of an SDK has all fields of both
    /// modes and serialises those without a value to null, `""` or 0, so these count as absent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.as_str() != Some("") && value.as_i64() != Some(0))
    }

    /// A text that must be there and say something.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Refusal> {
        self.optional_text(name)?.ok_or_else(invalid_args)
    }

    /// A text; empty counts as absent.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(invalid_args()),
        }
    }

    /// A number, or a string that is one.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number.as_i64().map(Some).ok_or_else(invalid_args),
            Some(Value::String(text)) => match text.trim().parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(invalid_args()),
            },
            Some(_) => Err(invalid_args()),
        }
    }

    /// A number that must be there and that `of` knows.
    pub(crate) fn choice<T>(&self, name: &str, of: fn(i64) -> Option<T>) -> Result<T, Refusal> {
        self.number(name)?.and_then(of).ok_or_else(invalid_args)
    }

    /// An array of texts. A bare string gets past parsing, and counts as absent.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        match self.get(name) {
            None | Some(Value::String(_)) => Ok(None),
            Some(Value::Array(entries)) => entries
                .iter()
                .map(|entry| entry.as_str().map(str::to_owned).ok_or_else(invalid_args))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(invalid_args()),
        }
    }

    /// A truth value, as JSON's, as a number or as a string; absent is false.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) => number.as_i64().is_some_and(|number| number != 0),
            Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
            _ => false,
        }
    }
}

pub(crate) fn invalid_args() -> Refusal {
    Refusal::new(INVALID_ARGS)
}

/// In valid JSON a backslash stands in strings only, and escapes exactly what follows it; four hex
/// digits follow `\u`.
fn has_escape_beyond_ascii(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if let [b'u', first, second, third, _, ..] = escape
            && !matches!((first, second, third), (b'0', b'0', b'0'..=b'7'))
        {
            return true;
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
    fn only_an_escape_beyond_ascii_is_refused() {
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
    fn null_an_empty_text_and_0_are_no_field_of_the_other_mode() {
        let fields = Fields::parse(br#"{"a":null,"b":"","c":0,"d":"wx","e":1,"f":" "}"#).unwrap();
        let there = ["a", "b", "c", "d", "e", "f", "g"].map(|name| fields.has(name));
        assert_eq!(there, [false, false, false, true, true, true, false]);
    }

    #[test]
    fn a_body_is_one_json_object() {
        assert_eq!(errcode(""), 44002);
        for body in [" ", "[]", "{", "prefix=a", "\u{feff}{}", "null"] {
            assert_eq!(errcode(body), 47001, "{body}");
        }
    }

    #[test]
    fn numeric_strings_are_numbers_and_nothing_else_is() {
        let fields =
            Fields::parse(br#"{"a":"1","b":2,"c":true,"d":1.5,"e":"x","f":null,"g":[]}"#).unwrap();
        assert_eq!(fields.number("a"), Ok(Some(1)));
        assert_eq!(fields.number("b"), Ok(Some(2)));
        assert_eq!(fields.number("f"), Ok(None));
        for name in ["c", "d", "e", "g"] {
            assert_eq!(fields.number(name), Err(invalid_args()), "{name}");
        }
    }
}
