//! The merchants of a platform: the accounts that have authorised it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::check_kind;
use crate::account::{Account, AccountKind};
use crate::error::SandboxError;
use crate::state::State;
use crate::state::codes::REDIRECTED_CODE_LIFETIME;
use crate::state::merchants::{Authorized, Grant};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AuthorizationForm {
    permission_sets: Option<BTreeSet<u16>>,
    /// The kind of a new account. It is added if the appid is unknown.
    kind: Option<AccountKind>,
    exchanged: Option<bool>,
}

pub(super) fn list(state: &State, component_appid: &str) -> Result<Value, SandboxError> {
    state.platform(component_appid)?;
    let authorizers = state
        .merchants_of(component_appid)
        .map(|(appid, authorization)| {
            json!({
                "authorizer_appid": appid,
                "permission_sets": authorization.permission_sets,
            })
        });
    Ok(authorizers.collect())
}

pub(super) fn put(
    state: &mut State,
    component_appid: &str,
    appid: &str,
    form: AuthorizationForm,
) -> Result<Value, SandboxError> {
    state.platform(component_appid)?;
    check(state, appid, &form)?;
    authorize(state, component_appid, appid, form)
}

/// Authorises the platform for many accounts. If one entry is wrong, no account authorises it.
pub(super) fn put_all(
    state: &mut State,
    component_appid: &str,
    forms: BTreeMap<String, AuthorizationForm>,
) -> Result<Value, SandboxError> {
    state.platform(component_appid)?;
    for (appid, form) in &forms {
        check(state, appid, form)?;
    }
    forms
        .into_iter()
        .map(|(appid, form)| authorize(state, component_appid, &appid, form))
        .collect()
}

/// Checks that the account is of the kind in the form, or can be added.
fn check(state: &State, appid: &str, form: &AuthorizationForm) -> Result<(), SandboxError> {
    match (state.account(appid), form.kind) {
        (Ok(account), kind) => check_kind(account, kind),
        (Err(_), Some(_)) => Ok(()),
        (Err(unknown), None) => Err(unknown),
    }
}

fn authorize(
    state: &mut State,
    component_appid: &str,
    appid: &str,
    form: AuthorizationForm,
) -> Result<Value, SandboxError> {
    if let (Err(_), Some(kind)) = (state.account(appid), form.kind) {
        // A platform does not know the secrets of its merchants.
        let secret = format!("{:032x}", fastrand::u128(..));
        state.put_account(Account::new(kind, appid, secret));
    }
    let is_exchanged = form.exchanged.unwrap_or(true);
    let grant = Grant {
        permission_sets: form.permission_sets,
        is_exchanged,
        pre_auth_code: None,
    };
    let Authorized {
        refresh_token,
        event,
    } = state.authorize(component_appid, appid, grant)?;
    if is_exchanged {
        return Ok(json!({ "authorizer_appid": appid, "authorizer_refresh_token": refresh_token }));
    }
    let code = state.issue_authorization_code(component_appid, appid, REDIRECTED_CODE_LIFETIME);
    Ok(json!({
        "authorizer_appid": appid,
        "authorization_code": code,
        "expires_in": REDIRECTED_CODE_LIFETIME.as_secs(),
        "event": event.map(|event| event.fields()),
    }))
}

pub(super) fn delete(
    state: &mut State,
    component_appid: &str,
    appid: &str,
) -> Result<Value, SandboxError> {
    let event = state.revoke(component_appid, appid)?;
    Ok(json!({ "event": event.fields() }))
}
