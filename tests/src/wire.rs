use jumpqr_core::interface::TokenResponse;
use serde::Serialize;
use serde_json::{Value, json};

/// The fields of a listed rule. WeChat may leave any of them out.
const RULE_FIELDS: [&str; 6] = [
    "prefix",
    "path",
    "state",
    "open_version",
    "debug_url",
    "permit_sub_rule",
];

/// Returns a response in the form of the vectors: an object with the wire names. A field that
/// WeChat left out is null.
pub fn wire(response: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(response).unwrap_or_default();
    if let Some(Value::Array(rules)) = value.get_mut("rule_list") {
        for rule in rules.iter_mut().filter_map(Value::as_object_mut) {
            for field in RULE_FIELDS {
                rule.entry(field).or_insert(Value::Null);
            }
        }
    }
    match value {
        Value::String(confirmation) => json!({"confirmation": confirmation}),
        Value::Array(items) => json!({"items": items}),
        other => other,
    }
}

/// Returns the response of an interface that issues tokens in the form of the vectors.
pub(crate) fn wire_token(response: &TokenResponse) -> Value {
    json!({
        "access_token": response.access_token.expose(),
        "expires_in": response.expires_in.as_secs(),
    })
}
