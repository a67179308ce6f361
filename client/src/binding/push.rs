use jumpqr_core::check::FindingCode;
use jumpqr_core::error::Result;
use jumpqr_core::push::{Authorization, Event, Receiver, ReceiverConfig};
use serde_json::{Map, Value, json};

use crate::checks::Findings;
pub use crate::encrypted_reply::encrypt_reply;

/// Makes a receiver of pushes. `settings` has the names of the fields of [`ReceiverConfig`]; `null`
/// counts as absent.
pub fn receiver(settings: &Map<String, Value>) -> Result<Receiver> {
    let mut findings = Findings::default();
    let mut text = |name: &str| match settings.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => {
            findings.add(
                name,
                FindingCode::WrongType,
                "is not a text; give it as a text",
            );
            None
        }
    };
    let mut config = ReceiverConfig::new(
        text("component_appid").unwrap_or_default(),
        text("message_token").unwrap_or_default(),
        text("encoding_aes_key").unwrap_or_default(),
    );
    if let Some(token) = text("message_token_former") {
        config = config.message_token_former(token);
    }
    if let Some(key) = text("encoding_aes_key_former") {
        config = config.encoding_aes_key_former(key);
    }
    findings.into_result()?;
    Receiver::new(&config)
}

/// Returns what a push says, in the shape of `tests/vectors/pushes.json`. The ticket and the codes
/// are in it: hide them from logs.
#[must_use]
pub fn event(event: &Event) -> Value {
    match event {
        Event::ComponentVerifyTicket(ticket) => json!({
            "info_type": event.info_type(),
            "create_time": ticket.create_time,
            "component_verify_ticket": ticket.component_verify_ticket.expose(),
        }),
        Event::Authorized(authorization) | Event::UpdateAuthorized(authorization) => {
            let Authorization {
                authorizer_appid,
                authorization_code,
                authorization_code_expired_time,
                pre_auth_code,
                create_time,
                ..
            } = authorization;
            json!({
                "info_type": event.info_type(),
                "create_time": create_time,
                "authorizer_appid": authorizer_appid,
                "authorization_code": authorization_code.expose(),
                "authorization_code_expired_time": authorization_code_expired_time,
                "pre_auth_code": pre_auth_code.as_ref().map(jumpqr_core::Secret::expose),
            })
        }
        Event::Unauthorized(end) => json!({
            "info_type": event.info_type(),
            "create_time": end.create_time,
            "authorizer_appid": end.authorizer_appid,
        }),
        Event::Raw(raw) => json!({
            "info_type": raw.info_type(),
            "raw": raw.text().expose(),
        }),
        // A type that this binding does not know yet. The reply is the same.
        _ => json!({ "info_type": event.info_type() }),
    }
}
