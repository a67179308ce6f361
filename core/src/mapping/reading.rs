use alloc::format;

use serde_json::{Map, Value};

use super::nearest_name::remedy;
use super::reader::Reader;
use crate::check::{CheckReport, Finding, FindingCode};
use crate::error::{Error, Result};

/// What was read from a mapping.
pub(crate) struct Reading<T> {
    /// `None` only if the report has a violation. In a field with a violation, it has any value.
    value: Option<T>,
    /// The findings about the form.
    report: CheckReport,
}

impl<T> Reading<T> {
    pub(super) fn new(value: Option<T>, report: CheckReport) -> Self {
        Self { value, report }
    }

    /// Reads the arguments of a call with `read`. `fields` are the names that they may have. `null`
    /// counts as no arguments.
    pub(crate) fn of_arguments(
        arguments: &Value,
        fields: &[&'static str],
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Self {
        let mut report = CheckReport::default();
        let empty = Map::new();
        let map = match arguments {
            Value::Null => &empty,
            Value::Object(map) => map,
            _ => {
                report.add(
                    "",
                    FindingCode::NotAnObject,
                    "is not an object; give the arguments by their names",
                );
                return Self::new(None, report);
            }
        };
        for name in map.keys().filter(|name| !fields.contains(&name.as_str())) {
            let remedy = remedy(name, fields.iter().copied(), "arguments");
            report.add(
                name,
                FindingCode::UnknownField,
                format!("is not an argument of this call; {remedy}"),
            );
        }
        let value = read(&mut Reader::new(map, &mut report));
        Self::new(value, report)
    }

    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> U) -> Reading<U> {
        Reading::new(self.value.map(map), self.report)
    }

    /// Returns the value if its form is right. Otherwise the error has all violations of form and
    /// content.
    pub(crate) fn into_result(self, check: impl FnOnce(&T) -> CheckReport) -> Result<T> {
        match self.value {
            Some(value) if self.report.is_valid() => Ok(value),
            _ => Err(Error::invalid(self.into_report(check).violations)),
        }
    }

    /// Returns the findings about the form, then those about the content, from `check`. If the form
    /// of a field is wrong, its content was not read.
    pub(crate) fn into_report(self, check: impl FnOnce(&T) -> CheckReport) -> CheckReport {
        let mut report = self.report;
        if let Some(value) = &self.value {
            let mut content = check(value);
            let was_read = |finding: &Finding| {
                let mut form = report.violations.iter();
                !form.any(|form| field_of(form) == field_of(finding))
            };
            content.violations.retain(was_read);
            content.warnings.retain(was_read);
            report.violations.extend(content.violations);
            report.warnings.extend(content.warnings);
        }
        report
    }
}

/// Returns the name of the field, without the index of an entry.
fn field_of(finding: &Finding) -> Option<&str> {
    finding.field.split('[').next()
}
