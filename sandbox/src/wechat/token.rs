//! `token`: issues a new token each time. The former token still works for the overlap.

use serde_json::{Value, json};

use super::call::Call;
use crate::account::Account;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::tokens::Grant;
use crate::state::usage::Quota;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let account = authenticate(state, |name| Ok(call.query(name)))?;
    let now = state.clock.now();
    let limit = state.limits.token_calls_per_day;
    state
        .usage
        .consume(Quota::TokenCalls, &account.appid, now, limit)?;
    let series = (Interface::Token, Holder::account(&account.appid));
    let end = state.succession.expiry_of_superseded(now);
    let grant = state.issue_next(Interface::Token, series, account.token_lifetime, Some(end));
    Ok(token_response(&grant))
}

/// Returns the account whose appid and secret are in the fields.
pub(super) fn authenticate<'a>(
    state: &State,
    field: impl Fn(&str) -> Result<Option<&'a str>, Refusal>,
) -> Result<Account, Refusal> {
    if field("grant_type")? != Some("client_credential") {
        return Err(40002.into());
    }
    find_account(state, field("appid")?, field("secret")?)
}

/// Returns the account with this appid and secret.
pub(super) fn find_account(
    state: &State,
    appid: Option<&str>,
    secret: Option<&str>,
) -> Result<Account, Refusal> {
    let appid = appid.ok_or(41002)?;
    let secret = secret.ok_or(41004)?;
    let account = state.accounts.get(appid).ok_or(40013)?;
    if account.secret.expose() != secret {
        return Err(40125.into());
    }
    Ok(account.clone())
}

pub(super) fn token_response(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
    })
}
