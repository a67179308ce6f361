//! The receiver of a platform's pushes, from its settings.

use jumpqr_core::Secret;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, Result};
use jumpqr_core::push::{Receiver, ReceiverConfig};

use crate::checks::Findings;
use crate::settings::Settings;

const MISSING: &str = "is missing; a platform needs it to receive pushes";

/// Makes the receiver; `None` if no setting of pushes has a value. Wrong settings become findings.
pub(crate) fn receiver(
    settings: &Settings,
    component_appid: Option<&str>,
    findings: &mut Findings,
) -> Result<Option<Receiver>> {
    let Settings {
        message_token,
        message_token_former,
        encoding_aes_key,
        encoding_aes_key_former,
        ..
    } = settings;
    let given = [
        message_token,
        message_token_former,
        encoding_aes_key,
        encoding_aes_key_former,
    ];
    if given.into_iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut require = |name, value: &Option<Secret>| {
        value.clone().unwrap_or_else(|| {
            findings.add(name, FindingCode::MissingField, MISSING);
            Secret::new("")
        })
    };
    let token = require("message_token", message_token);
    let key = require("encoding_aes_key", encoding_aes_key);
    let mut config = ReceiverConfig::new(component_appid.unwrap_or_default(), token, key);
    config.message_token_former.clone_from(message_token_former);
    config
        .encoding_aes_key_former
        .clone_from(encoding_aes_key_former);
    findings.keep_further(Receiver::new(&config))
}

/// Makes the error of a platform that has no settings of pushes.
pub(super) fn missing() -> Error {
    let fields = ["message_token", "encoding_aes_key"];
    let finding = |field| Finding::new(field, FindingCode::MissingField, MISSING);
    Error::invalid_config(fields.map(finding).into())
}
