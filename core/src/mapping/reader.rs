//! Reads fields from a mapping. Each field whose form is wrong gets its own finding.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display};

use serde_json::{Map, Value};

use crate::check::{CheckReport, FindingCode};

/// Reads fields from a mapping, and reports those whose form is wrong.
pub(crate) struct Reader<'a> {
    map: &'a Map<String, Value>,
    report: &'a mut CheckReport,
}

/// Names the type of a JSON value, as in "is a number".
#[must_use]
pub fn describe_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(map: &'a Map<String, Value>, report: &'a mut CheckReport) -> Self {
        Self { map, report }
    }

    /// Returns the value of `field`. `null` counts as absent.
    fn get(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    /// Whether the mapping has `field`.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    /// Returns the value of `field`. If it is missing, the finding asks for `what`.
    fn require(&mut self, field: &str, what: impl Display) -> Option<&'a Value> {
        let value = self.get(field);
        if value.is_none() {
            self.report.add(
                field,
                FindingCode::MissingField,
                format!("is missing; give {what}"),
            );
        }
        value
    }

    /// Reports a field whose form is wrong.
    pub(crate) fn report(
        &mut self,
        field: impl Into<String>,
        code: FindingCode,
        message: impl Into<String>,
    ) {
        self.report.add(field, code, message);
    }

    fn report_wrong_type(&mut self, field: impl Into<String>, value: &Value, wanted: impl Display) {
        let found = describe_type(value);
        self.report.add(
            field,
            FindingCode::WrongType,
            format!("is {found}; give {wanted}"),
        );
    }

    /// Reads a text. If it is missing, the finding asks for `what`.
    pub(crate) fn require_text(&mut self, field: &str, what: &str) -> Option<String> {
        match self.require(field, what)? {
            Value::String(text) => Some(text.clone()),
            other => {
                self.report_wrong_type(field, other, "a text");
                None
            }
        }
    }

    /// Reads a text. An absent one is `None`.
    pub(crate) fn text(&mut self, field: &str) -> Option<String> {
        self.get(field)?;
        self.require_text(field, "")
    }

    /// Returns the value of `field` if it is a text.
    pub(super) fn peek_text(&self, field: &str) -> Option<String> {
        self.get(field)?.as_str().map(String::from)
    }

    /// Reads the name of one of `all`.
    pub(super) fn named<T: Copy>(
        &mut self,
        field: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(field)?;
        let known = all.iter().find(|value| name(**value) == text);
        if known.is_none() {
            let names: Vec<_> = all.iter().map(|value| name(*value)).collect();
            let found = Value::String(text);
            let message = format!("is {}; give {}", shorten(&found), OneOf(&names));
            self.report.add(field, FindingCode::UnknownValue, message);
        }
        known.copied()
    }

    /// Reads a list of whole numbers from 0 to 4294967295.
    pub(super) fn numbers(&mut self, field: &str) -> Option<Vec<u32>> {
        let value = self.get(field)?;
        let Value::Array(entries) = value else {
            self.report_wrong_type(field, value, "a list of numbers, even for one: [18]");
            return None;
        };
        let mut numbers = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let number = match entry {
                Value::String(text) => text.trim().parse().ok(),
                other => other.as_u64().and_then(|number| number.try_into().ok()),
            };
            let Some(number) = number else {
                let found = shorten(entry);
                let message = format!("is {found}; give the number of a permission set");
                let field = format!("{field}[{index}]");
                self.report.add(field, FindingCode::WrongType, message);
                continue;
            };
            numbers.push(number);
        }
        (numbers.len() == entries.len()).then_some(numbers)
    }

    /// Reads a list of any values. An absent one is empty.
    pub(crate) fn list(&mut self, field: &str) -> &'a [Value] {
        match self.get(field) {
            None => &[],
            Some(Value::Array(entries)) => entries,
            Some(other) => {
                self.report_wrong_type(field, other, "a list");
                &[]
            }
        }
    }

    /// Reads true or false, or 1 or 0. Absent is false.
    pub(crate) fn flag(&mut self, field: &str) -> bool {
        match self.get(field) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(value) if value.as_i64() == Some(1) => true,
            Some(value) if value.as_i64() == Some(0) => false,
            Some(value) => {
                self.report_wrong_type(field, value, "true or false");
                false
            }
        }
    }

    /// Reads a list of texts that must not be missing.
    pub(crate) fn require_texts(&mut self, field: &str) -> Option<Vec<String>> {
        self.require(field, "a list of texts")?;
        self.texts(field)
    }

    /// Reports a field that cannot be combined with the others.
    pub(crate) fn report_superfluous(&mut self, field: &str, why: &str) {
        self.report.add(
            field,
            FindingCode::UnknownField,
            format!("does not belong here; {why}"),
        );
    }

    /// Reports a number that is not one of the `allowed` numbers.
    pub(crate) fn report_out_of_range(&mut self, field: &str, allowed: impl Display) {
        let found = self.get(field).map(shorten).unwrap_or_default();
        self.report.add(
            field,
            FindingCode::OutOfRange,
            format!("is {found}; give {allowed}"),
        );
    }

    /// Reads a list of texts.
    pub(super) fn texts(&mut self, field: &str) -> Option<Vec<String>> {
        let value = self.get(field)?;
        let Value::Array(entries) = value else {
            self.report_wrong_type(
                field,
                value,
                "a list of texts, even for a single one: [\"…\"]",
            );
            return None;
        };
        let mut texts = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            match entry {
                Value::String(text) => texts.push(text.clone()),
                other => self.report_wrong_type(format!("{field}[{index}]"), other, "a text"),
            }
        }
        (texts.len() == entries.len()).then_some(texts)
    }

    /// Reads a whole number that must not be missing, see [`number`](Self::number).
    pub(crate) fn require_number<T>(
        &mut self,
        field: &str,
        from_number: impl Fn(i64) -> Option<T>,
        allowed: impl Display + Copy,
    ) -> Option<T> {
        self.require(field, allowed)?;
        self.number(field, from_number, allowed)
    }

    /// Reads a whole number, or a text that is a whole number.
    pub(crate) fn number<T>(
        &mut self,
        field: &str,
        from_number: impl Fn(i64) -> Option<T>,
        allowed: impl Display + Copy,
    ) -> Option<T> {
        let value = self.get(field)?;
        let number = match value {
            Value::Number(number) => Ok(number.as_i64()),
            Value::String(text) => text.trim().parse().map(Some).map_err(|_| ()),
            _ => Err(()),
        };
        let Ok(number) = number else {
            self.report_wrong_type(field, value, format_args!("a number: {allowed}"));
            return None;
        };
        let known = number.and_then(from_number);
        if known.is_none() {
            self.report_out_of_range(field, allowed);
        }
        known
    }
}

/// Writes a value, and cuts it if it is very long.
fn shorten(value: &Value) -> String {
    const MAX_LETTERS: usize = 40;
    let text = value.to_string();
    match text.char_indices().nth(MAX_LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Writes the values of a numbered field: `1 (development), 2 (trial) or 3 (released)`.
#[derive(Clone, Copy)]
pub(super) struct OneOf<'a, T>(pub(super) &'a [T]);

impl<T: Display> Display for OneOf<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.0.iter().enumerate() {
            let before = match index {
                0 => "",
                index if index + 1 == self.0.len() => " or ",
                _ => ", ",
            };
            write!(f, "{before}{value}")?;
        }
        Ok(())
    }
}
