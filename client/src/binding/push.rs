use std::collections::HashMap;
use std::time::Duration;

use jumpqr_core::check::FindingCode;
use jumpqr_core::error::Result;
use jumpqr_core::push::{Authorization, Event, Receiver, ReceiverConfig};
use serde_json::{Map, Value, json};

use super::{NameStyle, with_waited};
use crate::checks::Findings;
pub use crate::encrypted_reply::encrypt_reply;
use crate::platform::{AuthorizedMerchant, Handled};

/// The settings of a receiver: the fields of [`ReceiverConfig`].
const SETTINGS: [&str; 5] = [
    "component_appid",
    "message_token",
    "message_token_former",
    "encoding_aes_key",
    "encoding_aes_key_former",
];

/// Makes a receiver of pushes from settings that are named as the language writes them. `null`
/// counts as absent.
pub fn receiver(settings: Map<String, Value>, style: NameStyle) -> Result<Receiver> {
    let mut findings = Findings::default();
    let mut texts = HashMap::new();
    for (name, value) in settings {
        let mut known = SETTINGS.into_iter();
        match (known.find(|known| style.name(known) == name), value) {
            (_, Value::Null) => {}
            (Some(setting), Value::String(text)) => {
                texts.insert(setting, text);
            }
            (Some(setting), _) => {
                let message = "is not a text; give it as a text";
                findings.add(setting, FindingCode::WrongType, message);
            }
            (None, _) => {
                let message = "is not a setting of a receiver; leave it out";
                findings.add(&name, FindingCode::UnknownSetting, message);
            }
        }
    }
    findings.into_result()?;
    let mut config = ReceiverConfig::new(
        texts.remove("component_appid").unwrap_or_default(),
        texts.remove("message_token").unwrap_or_default(),
        texts.remove("encoding_aes_key").unwrap_or_default(),
    );
    if let Some(token) = texts.remove("message_token_former") {
        config = config.message_token_former(token);
    }
    if let Some(key) = texts.remove("encoding_aes_key_former") {
        config = config.encoding_aes_key_former(key);
    }
    Receiver::new(&config)
}

/// Finishes a push, for a call that has waited this long for a free thread.
pub fn finish_push(handled: &Handled, waited: Duration) -> Result<Option<AuthorizedMerchant>> {
    handled.finish_with(&with_waited(&handled.platform, waited))
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
