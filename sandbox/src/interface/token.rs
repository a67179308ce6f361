use serde_json::{Value, json};

use super::{Call, Interface};
use crate::account::Account;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::tokens::Grant;

pub(super) fn answer(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let account = authenticate(
        state,
        call.query("grant_type"),
        call.query("appid"),
        call.query("secret"),
    )?;
    let now = state.clock.now();
    let grant = state
        .tokens
        .token(&account, now, &state.limits, state.succession)?;
    state.journal.issued(Interface::Token, &grant);
    Ok(granted(&grant))
}

/// The account whose appid and secret these are.
pub(super) fn authenticate(
    state: &State,
    grant_type: Option<&str>,
    appid: Option<&str>,
    secret: Option<&str>,
) -> Result<Account, Refusal> {
    if grant_type != Some("client_credential") {
        return Err(Refusal::new(40002));
    }
    let appid = appid.ok_or_else(|| Refusal::new(41002))?;
    let secret = secret.ok_or_else(|| Refusal::new(41004))?;
    let account = state
        .accounts
        .get(appid)
        .ok_or_else(|| Refusal::new(40013))?;
    if account.secret.expose() != secret {
        return Err(Refusal::new(40125));
    }
    Ok(account.clone())
}

pub(super) fn granted(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
    })
}
