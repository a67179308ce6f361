//! The accounts that have authorised a platform.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::check_kind;
use super::read;
use crate::account::{Account, AccountKind};
use crate::error::SandboxError;
use crate::state::State;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AuthorizationForm {
    permission_sets: Option<BTreeSet<u16>>,
    /// Of an account that is to be added if there is none.
    kind: Option<AccountKind>,
}

pub(super) fn list(state: &State, component_appid: &str) -> Result<Value, SandboxError> {
    state.platform(component_appid)?;
    let authorizers = state
        .authorizations
        .of(component_appid)
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
    body: Value,
) -> Result<Value, SandboxError> {
    let form: AuthorizationForm = read(body)?;
    state.platform(component_appid)?;
    check(state, appid, &form)?;
    authorize(state, component_appid, appid, form)
}

/// All of them or, where something is wrong with one, none.
pub(super) fn put_all(
    state: &mut State,
    component_appid: &str,
    body: Value,
) -> Result<Value, SandboxError> {
    let forms: BTreeMap<String, AuthorizationForm> = read(body)?;
    state.platform(component_appid)?;
    for (appid, form) in &forms {
        check(state, appid, form)?;
    }
    forms
        .into_iter()
        .map(|(appid, form)| authorize(state, component_appid, &appid, form))
        .collect()
}

pub(super) fn delete(
    state: &mut State,
    component_appid: &str,
    appid: &str,
) -> Result<Value, SandboxError> {
    state.revoke(component_appid, appid)?;
    Ok(json!({}))
}

/// That the account is what the form says, or can be added.
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
        // A merchant does not tell its secret to the platform.
        let secret = format!("{:032x}", fastrand::u128(..));
        state.put_account(Account::of_kind(kind, appid, secret));
    }
    let refresh_token = state.authorize(component_appid, appid, form.permission_sets)?;
    Ok(json!({ "authorizer_appid": appid, "authorizer_refresh_token": refresh_token }))
}
