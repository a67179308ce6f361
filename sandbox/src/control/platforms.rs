use std::time::Duration;

use jumpqr_core::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::deserialize_secret;
use crate::error::SandboxError;
use crate::platform::{Platform, PushSettings};
use crate::push_url::PushUrl;
use crate::state::State;
use crate::state::tickets::{PushedTicket, Tickets};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PlatformChange {
    #[serde(deserialize_with = "deserialize_secret")]
    component_appsecret: Option<Secret>,
    token_lifetime_seconds: Option<u64>,
    /// Where to push; empty for nowhere.
    push_url: Option<String>,
    #[serde(deserialize_with = "deserialize_secret")]
    message_token: Option<Secret>,
    /// The one before it becomes `encoding_aes_key_former`.
    #[serde(deserialize_with = "deserialize_secret")]
    encoding_aes_key: Option<Secret>,
    #[serde(deserialize_with = "deserialize_secret")]
    encoding_aes_key_former: Option<Secret>,
}

impl PlatformChange {
    /// Returns the settings of the pushes with the given ones changed.
    fn change_push(
        &mut self,
        component_appid: &str,
        mut push: PushSettings,
    ) -> Result<PushSettings, SandboxError> {
        match self.push_url.take().as_deref() {
            None => {}
            Some("") => push.url = None,
            Some(url) => push.url = Some(PushUrl::parse(url)?),
        }
        if let Some(token) = self.message_token.take() {
            push.message_token = token;
        }
        let key = self.encoding_aes_key.take();
        if let Some(key) = key.filter(|key| *key != push.encoding_aes_key) {
            let former = std::mem::replace(&mut push.encoding_aes_key, key);
            push.encoding_aes_key_former = Some(former);
        }
        if let Some(former) = self.encoding_aes_key_former.take() {
            push.encoding_aes_key_former = Some(former);
        }
        if push != PushSettings::default() {
            push.check(component_appid)?;
        }
        Ok(push)
    }
}

pub(super) fn list(state: &State) -> Value {
    state.platforms.values().map(show).collect()
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TicketForm {
    /// Whether to push the last ticket again.
    again: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseForm {
    /// Whether WeChat has stopped the pushes.
    paused: bool,
}

pub(super) fn get(state: &State, component_appid: &str) -> Result<Value, SandboxError> {
    state.platform(component_appid).map(show)
}

/// Adds a platform, or changes the given fields.
pub(super) fn put(
    state: &mut State,
    component_appid: &str,
    mut change: PlatformChange,
) -> Result<Value, SandboxError> {
    let mut platform = match (
        state.platforms.get(component_appid),
        &change.component_appsecret,
    ) {
        (Some(platform), _) => platform.clone(),
        (None, Some(secret)) => Platform::new(component_appid, secret.clone()),
        (None, None) => {
            return Err(SandboxError::Invalid(
                "component_appsecret is missing; a new platform needs it".to_owned(),
            ));
        }
    };
    platform.push = change.change_push(component_appid, platform.push)?;
    if let Some(secret) = change.component_appsecret {
        platform.component_appsecret = secret;
    }
    if let Some(seconds) = change.token_lifetime_seconds {
        platform.token_lifetime = Duration::from_secs(seconds);
    }
    let shown = show(&platform);
    state.put_platform(platform);
    Ok(shown)
}

pub(super) fn ticket(state: &mut State, component_appid: &str) -> Result<Value, SandboxError> {
    state
        .ticket(component_appid, Tickets::current)
        .map(|pushed| show_ticket(&pushed))
}

pub(super) fn push_ticket(
    state: &mut State,
    component_appid: &str,
    form: &TicketForm,
) -> Result<Value, SandboxError> {
    let push = if form.again {
        Tickets::push_again
    } else {
        Tickets::push_new
    };
    let pushed = state.ticket(component_appid, push);
    pushed.map(|pushed| show_ticket(&pushed))
}

pub(super) fn pause_tickets(
    state: &mut State,
    component_appid: &str,
    form: &PauseForm,
) -> Result<Value, SandboxError> {
    state.pause_tickets(component_appid, form.paused)?;
    Ok(json!({ "paused": form.paused }))
}

fn show(platform: &Platform) -> Value {
    json!({
        "component_appid": platform.component_appid,
        "token_lifetime_seconds": platform.token_lifetime.as_secs(),
        "push_url": platform.push.url.as_ref().map(PushUrl::as_str),
    })
}

fn show_ticket(pushed: &PushedTicket) -> Value {
    json!({
        "component_verify_ticket": pushed.component_verify_ticket,
        "expires_in": pushed.expires_in.as_secs(),
    })
}
