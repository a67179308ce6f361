//! Builds the object that `--json` prints.

use jumpqr::{Error, Outcome};
use serde_json::{Value, json};

use super::Report;
use crate::error::CommandError;

pub(super) fn success_object(report: &dyn Report) -> Value {
    let mut object = report.json();
    if let Value::Object(members) = &mut object {
        members.insert("ok".to_owned(), json!(true));
        members.insert("command".to_owned(), json!(report.command()));
    }
    object
}

pub(super) fn error_object(error: &CommandError) -> Value {
    let library_error = error.library_error();
    json!({
        "ok": false,
        "error": {
            "kind": error.kind(),
            "code": error.code(),
            "interface": library_error.and_then(Error::interface),
            "errcode": library_error.and_then(Error::errcode),
            "errmsg": library_error.and_then(Error::errmsg),
            "rid": library_error.and_then(Error::rid),
            "message": error.message(),
            "advice": error.advice(),
            "retryable": library_error.is_some_and(Error::is_retryable),
            "outcome": library_error.map_or(Outcome::NotApplied, Error::outcome).name(),
            "violations": library_error.map(Error::violations).unwrap_or_default(),
        },
        "warnings": error.warnings,
    })
}
