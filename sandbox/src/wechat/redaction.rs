//! Redacts tokens and secrets in the recorded requests.

use std::borrow::Cow;
use std::fmt;

use jumpqr_core::Secret;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::call::Call;
use crate::interface::Interface;
use crate::state::State;
use crate::state::generated_secrets::{REDACTED, redact_generated};
use crate::state::known_secrets::{KnownSecrets, MIN_SECRET_BYTES};

/// Headers that hold credentials only.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Replaces every secret of the sandbox with `***`, and every token or secret in the query of
/// `call`, even a wrong one. Texts under 8 bytes are kept, because they may occur anywhere.
pub(super) fn redact(state: &State, call: Option<&Call>, text: &str) -> String {
    let sent_secrets = call.into_iter().flat_map(|call| {
        ["access_token", "component_access_token", "secret"]
            .into_iter()
            .filter_map(|name| call.query(name))
            .filter(|secret| secret.len() >= MIN_SECRET_BYTES)
    });
    let mut redacted = state.secrets.redact(&redact_generated(text));
    for secret in sent_secrets {
        if redacted.contains(secret) {
            redacted = redacted.replace(secret, REDACTED);
        }
    }
    redacted
}

pub(super) fn redact_header(state: &State, call: Option<&Call>, name: &str, value: &str) -> String {
    if SECRET_HEADERS.contains(&name) {
        return REDACTED.to_owned();
    }
    redact(state, call, value)
}

/// Returns the names of the body fields that hold secrets.
const fn secret_fields(interface: Interface) -> &'static [&'static str] {
    match interface {
        Interface::StableToken => &["secret"],
        Interface::ApiComponentToken => &["component_appsecret", "component_verify_ticket"],
        Interface::ApiAuthorizerToken => &["authorizer_refresh_token"],
        _ => &[],
    }
}

/// Replaces the secrets in a body with `***`.
///
/// A client may send a wrong or escaped secret, so the values of all secret fields are replaced. If
/// such a body is not JSON, all of it is replaced. In other fields, the same text is replaced only
/// if it is a string of 8 bytes or more: a secret field may also hold a 1 or a null.
pub(super) fn redact_body(state: &State, call: Option<&Call>, body: &[u8]) -> String {
    let received = String::from_utf8_lossy(body);
    let names = call.map_or(&[][..], |call| secret_fields(call.interface));
    if names.is_empty() || body.is_empty() {
        return redact(state, call, &received);
    }
    let Ok(Members(members)) = serde_json::from_str(&received) else {
        return REDACTED.to_owned();
    };
    let mut text = String::with_capacity(received.len());
    let mut copied = 0;
    // Another field may repeat a secret.
    let mut sent_secrets = KnownSecrets::default();
    for (name, value) in members {
        let value = value.get();
        if !names.contains(&name.as_ref()) || matches!(value, "null" | "\"\"") {
            continue;
        }
        let start = value.as_ptr().addr().wrapping_sub(received.as_ptr().addr());
        text.push_str(received.get(copied..start).unwrap_or_default());
        text.push_str("\"***\"");
        copied = start + value.len();
        if let Ok(Value::String(secret)) = serde_json::from_str(value) {
            sent_secrets.add(&Secret::new(secret));
        }
    }
    text.push_str(received.get(copied..).unwrap_or_default());
    let text = sent_secrets.redact(&text);
    redact(state, call, &text)
}

/// The members of a JSON object in the order of its text, including repeated ones.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Cow<'de, str>, _>()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
