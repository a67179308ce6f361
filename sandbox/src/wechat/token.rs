use serde_json::{Value, json};

use super::Call;
use crate::account::Account;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::tokens::Grant;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
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
    state.journal.count_issued(Interface::Token, &grant);
    Ok(token_response(&grant))
}

/// Returns the account with this appid and secret.
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

pub(super) fn token_response(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
    })
}
