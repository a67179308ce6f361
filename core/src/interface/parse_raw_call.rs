//! Reads a call to any interface of WeChat's.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::Value;

use super::{Interface as _, RawCall};
use crate::check::FindingCode;
use crate::error::Result;
use crate::mapping::{Reader, Reading, describe_type};

/// Reads a [`RawCall`] from a mapping, for languages that cannot name its type.
///
/// | argument | value |
/// |---|---|
/// | `path` | the path, without host and query |
/// | `query` | a list of pairs, each a name and a text or a whole number; absent: none |
/// | `body` | the JSON of a POST, as a text, so that it is sent byte for byte; absent: a GET |
/// | `repeatable` | whether the call may be sent again after a lost response; absent: false |
///
/// `null` counts as absent. If the form is wrong, the error has all violations, of form and content.
/// If the form is right, the content is not checked here.
#[doc(hidden)]
pub fn parse_raw_call(arguments: &Value) -> Result<RawCall> {
    let reading =
        Reading::of_arguments(arguments, &["path", "query", "body", "repeatable"], |it| {
            let path = it.require_text("path", "the path of the interface");
            let query = read_query(it);
            let body = it.text("body");
            let is_repeatable = it.flag("repeatable");
            let mut call = match body {
                None => RawCall::get(path?),
                Some(json) => RawCall::post(path?, json),
            };
            for (name, value) in query {
                call = call.query(name, value);
            }
            Some(if is_repeatable {
                call.repeatable()
            } else {
                call
            })
        });
    let result = reading.into_result(RawCall::check);
    result.map_err(|error| {
        let path = arguments.get("path").and_then(Value::as_str);
        error.in_interface(RawCall::get(path.unwrap_or_default()).name())
    })
}

/// Reads the fields of the query. A field whose form is wrong has an empty value.
fn read_query(reader: &mut Reader<'_>) -> Vec<(String, String)> {
    let mut query = Vec::new();
    for (place, pair) in reader.list("query").iter().enumerate() {
        let field = format!("query[{place}]");
        let [Value::String(name), value] = pair.as_array().map_or(&[][..], Vec::as_slice) else {
            reader.report(
                field,
                FindingCode::WrongType,
                "is not a name and a value; give the name as a text, and its value",
            );
            continue;
        };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) if !number.is_f64() => number.to_string(),
            _ => {
                let message = format!(
                    "has {}, which has no fixed form in a query; give a text",
                    describe_type(value)
                );
                reader.report(field, FindingCode::WrongType, message);
                String::new()
            }
        };
        query.push((name.clone(), text));
    }
    query
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use serde_json::{Value, json};

    use super::parse_raw_call;
    use crate::interface::RawCall;

    fn wrong_fields(arguments: &Value) -> Vec<String> {
        let error = parse_raw_call(arguments).unwrap_err();
        let path = arguments["path"].as_str().filter(|path| *path == "/a");
        assert_eq!(error.interface(), path.or(Some("call_raw")));
        assert!(!format!("{error} {error:?}").contains("S3CRET"), "{error}");
        let violations = error.violations().iter();
        violations.map(|finding| finding.field.clone()).collect()
    }

    #[test]
    fn all_arguments_are_read() {
        let arguments = json!({
            "path": "/wxa/a",
            "query": [["offset", 0], ["b", "1&2"], ["b", "18446744073709551615"]],
            "body": "{\"b\":1, \"a\":2}",
            "repeatable": true,
        });
        let call = RawCall::post("/wxa/a", r#"{"b":1, "a":2}"#)
            .query("offset", "0")
            .query("b", "1&2")
            .query("b", "18446744073709551615")
            .repeatable();
        assert_eq!(parse_raw_call(&arguments).unwrap(), call);
        let arguments = json!({"path": "/a", "query": null, "body": null, "repeatable": null});
        assert_eq!(parse_raw_call(&arguments).unwrap(), RawCall::get("/a"));
    }

    #[test]
    fn each_wrong_argument_has_a_finding_without_its_value() {
        let arguments = json!({
            "query": ["S3CRET", ["a", 1.5], ["b", true], ["c", null], ["d", "S3CRET", "e"], [1, "f"]],
            "body": {"code": "S3CRET"},
            "repeatable": "yes",
            "timeout": 1,
        });
        let mut fields = wrong_fields(&arguments);
        fields.sort();
        let wrong = [
            "body",
            "path",
            "query[0]",
            "query[1]",
            "query[2]",
            "query[3]",
            "query[4]",
            "query[5]",
            "repeatable",
            "timeout",
        ];
        assert_eq!(fields, wrong);
        assert_eq!(
            wrong_fields(&json!({"path": "/a", "query": {"a": "b"}})),
            ["query"]
        );
    }

    #[test]
    fn content_is_reported_together_with_form() {
        let arguments = json!({"path": "a", "body": "S3CRET", "repeatable": 2});
        assert_eq!(wrong_fields(&arguments), ["repeatable", "path", "body"]);
    }
}
