use jumpqr_core::interface::LinkStatus;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    service_account: String,
    mini_program: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkForm {
    service_account: String,
    mini_program: String,
    status: Option<i64>,
}

pub(super) fn list(state: &State) -> Value {
    let links = state
        .links
        .all()
        .map(|(service_account, mini_program, status)| {
            show(service_account, mini_program, Some(status))
        });
    links.collect()
}

pub(super) fn put(state: &mut State, form: &LinkForm) -> Result<Value, SandboxError> {
    let status = match form.status {
        None => None,
        Some(number) => Some(LinkStatus::from_number(number).ok_or_else(|| {
            SandboxError::Invalid(format!(
                "status is {number}; give 1 linked, 2 waiting for the Mini Program's \
                 administrator, 3 refused, 12 waiting for the account's administrator, or null"
            ))
        })?),
    };
    state.put_link(&form.service_account, &form.mini_program, status)?;
    Ok(show(&form.service_account, &form.mini_program, status))
}

pub(super) fn decide(
    state: &mut State,
    accounts: Accounts,
    confirm: bool,
) -> Result<Value, SandboxError> {
    let Accounts {
        service_account,
        mini_program,
    } = accounts;
    let status = state
        .links
        .decide(&service_account, &mini_program, confirm)?;
    Ok(show(&service_account, &mini_program, status))
}

fn show(service_account: &str, mini_program: &str, status: Option<LinkStatus>) -> Value {
    json!({
        "service_account": service_account,
        "mini_program": mini_program,
        "status": status.map(LinkStatus::number),
        "name": status.map(LinkStatus::name),
    })
}
