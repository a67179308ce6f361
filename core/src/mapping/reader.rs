//! RuleFields out of a mapping, each with its own clear refusal.

use std::fmt::{self, Display};

use serde_json::{Map, Value};

use crate::check::{CheckReport, FindingCode};

pub(super) struct Reader<'a> {
    map: &'a Map<String, Value>,
    report: &'a mut CheckReport,
}

impl<'a> Reader<'a> {
    pub(super) fn new(map: &'a Map<String, Value>, report: &'a mut CheckReport) -> Self {
        Self { map, report }
    }

    /// The value of `field`; `null` counts as absent.
    fn get(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    /// Whether `field` is given.
    pub(super) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    fn required(&mut self, field: &str, what: impl Display) -> Option<&'a Value> {
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

    fn wrong_type(&mut self, field: impl Into<String>, value: &Value, wanted: impl Display) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.report.add(
            field,
            FindingCode::WrongType,
            format!("is {found}; give {wanted}"),
        );
    }

    /// A text; `what` says which, for whoever left it out.
    pub(super) fn required_text(&mut self, field: &str, what: &str) -> Option<String> {
        match self.required(field, what)? {
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong_type(field, other, "a text");
                None
            }
        }
    }

    /// True or false, as such or as 1 or 0; absent is false.
    pub(super) fn flag(&mut self, field: &str) -> bool {
        match self.get(field) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(value) if value.as_i64() == Some(1) => true,
            Some(value) if value.as_i64() == Some(0) => false,
            Some(value) => {
                self.wrong_type(field, value, "true or false");
                false
            }
        }
    }

    /// A list of texts that must be given.
    pub(super) fn required_texts(&mut self, field: &str) -> Option<Vec<String>> {
        self.required(field, "a list of texts")?;
        self.texts(field)
    }

    /// A field that does not go with the others.
    pub(super) fn superfluous(&mut self, field: &str, why: &str) {
        self.report.add(
            field,
            FindingCode::UnknownField,
            format!("does not belong here; {why}"),
        );
    }

    /// A number that is none of the allowed ones.
    pub(super) fn out_of_range(&mut self, field: &str, allowed: impl Display) {
        let found = self.get(field).map(short).unwrap_or_default();
        self.report.add(
            field,
            FindingCode::OutOfRange,
            format!("is {found}; give {allowed}"),
        );
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, field: &str) -> Option<Vec<String>> {
        let value = self.get(field)?;
        let Value::Array(entries) = value else {
            self.wrong_type(
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
                other => self.wrong_type(format!("{field}[{index}]"), other, "a text"),
            }
        }
        (texts.len() == entries.len()).then_some(texts)
    }

    pub(super) fn required_number<T>(
        &mut self,
        field: &str,
        from_number: impl Fn(i64) -> Option<T>,
        allowed: impl Display + Copy,
    ) -> Option<T> {
        self.required(field, allowed)?;
        self.number(field, from_number, allowed)
    }

    /// A whole number, or a text that is one.
    pub(super) fn number<T>(
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
            self.wrong_type(field, value, format_args!("a number: {allowed}"));
            return None;
        };
        let known = number.and_then(from_number);
        if known.is_none() {
            self.out_of_range(field, allowed);
        }
        known
    }
}

/// A number as it was given, cut where it is absurdly long.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The values of a numbered field, as a message names them: `1 (development), 2 (trial) or 3 (released)`.
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
