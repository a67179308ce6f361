use jumpqr_core::Secret;
use serde_json::{Value, json};

use crate::account::{Account, AccountChange, AccountKind};
use crate::error::SandboxError;
use crate::state::State;

pub(super) fn list(state: &State) -> Value {
    state.accounts.values().map(show).collect()
}

pub(super) fn get(state: &State, appid: &str) -> Result<Value, SandboxError> {
    state.account(appid).map(show)
}

/// Adds an account, or changes the given fields.
pub(crate) fn put(
    state: &mut State,
    appid: &str,
    change: AccountChange,
) -> Result<(), SandboxError> {
    let account = match state.accounts.get(appid) {
        Some(account) => account.clone(),
        None => new_account(appid, &change)?,
    };
    check_kind(&account, change.kind)?;
    let account = change.apply(account);
    state.put_account(account);
    Ok(())
}

/// Checks that a request does not change the kind of an account.
pub(super) fn check_kind(account: &Account, kind: Option<AccountKind>) -> Result<(), SandboxError> {
    if kind.is_some_and(|kind| kind != account.kind) {
        return Err(SandboxError::Invalid(format!(
            "kind differs from the kind of the account {}; delete the account first",
            account.appid
        )));
    }
    Ok(())
}

fn new_account(appid: &str, change: &AccountChange) -> Result<Account, SandboxError> {
    let missing = |field: &str| {
        SandboxError::Invalid(format!(
            "{field} is missing; a new account needs kind and secret"
        ))
    };
    let secret: Secret = change.secret.clone().ok_or_else(|| missing("secret"))?;
    let kind = change.kind.ok_or_else(|| missing("kind"))?;
    Ok(Account::new(kind, appid, secret))
}

pub(super) fn issue_token(state: &mut State, appid: &str) -> Result<Value, SandboxError> {
    let grant = state.issue_token(appid)?;
    Ok(json!({
        "access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
    }))
}

fn show(account: &Account) -> Value {
    let (file_name, file_content) = account.verification_file();
    json!({
        "appid": account.appid,
        "kind": account.kind,
        "nickname": account.nickname,
        "permission_sets": account.permission_sets,
        "personal": account.personal,
        "verify_type": account.verify_type,
        "account_status": account.account_status,
        "released": account.released,
        "qrcodejump_open": account.qrcodejump_open,
        "token_lifetime_seconds": account.token_lifetime.as_secs(),
        "verification_file": { "file_name": file_name, "file_content": file_content },
    })
}
