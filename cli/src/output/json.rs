//! The one object that `--json` prints.

use jumpqr::{Error, Outcome};
use serde_json::{Value, json};

use super::Report;
use crate::failure::Failure;

pub(super) fn success(report: &dyn Report) -> Value {
    let mut object = report.json();
    if let Value::Object(members) = &mut object {
        members.insert("ok".to_owned(), json!(true));
        members.insert("command".to_owned(), json!(report.command()));
    }
    object
}

pub(super) fn failure(failure: &Failure) -> Value {
    let error = failure.error();
    json!({
        "ok": false,
        "error": {
            "kind": failure.kind(),
            "code": failure.code(),
            "interface": error.and_then(Error::interface),
            "errcode": error.and_then(Error::errcode),
            "errmsg": error.and_then(Error::errmsg),
            "rid": error.and_then(Error::rid),
            "message": failure.message(),
            "advice": failure.advice(),
            "retryable": error.is_some_and(Error::is_retryable),
            "outcome": error.map_or(Outcome::NotApplied, Error::outcome).name(),
            "violations": error.map(Error::violations).unwrap_or_default(),
        },
        "warnings": failure.warnings,
    })
}
