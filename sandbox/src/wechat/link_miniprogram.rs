use jumpqr_core::interface::LinkStatus;
use serde_json::{Value, json};

use super::fields::{Fields, invalid_args};
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;

/// Requests a link. The two administrators decide by a control endpoint.
pub(super) fn respond(
    state: &mut State,
    account: &Account,
    fields: &Fields,
) -> Result<Value, Refusal> {
    let appid = fields.text("appid")?;
    for name in ["notify_users", "show_profile"] {
        if !matches!(fields.number(name)?, Some(0 | 1)) {
            return Err(invalid_args());
        }
    }
    let is_mini_program = state
        .accounts
        .get(appid)
        .is_some_and(|app| app.kind == AccountKind::MiniProgram);
    if !is_mini_program {
        return Err(Refusal::new(40013));
    }
    match state.links.get(&account.appid, appid) {
        // Source: reports of developers.
        Some(LinkStatus::Linked) => return Err(Refusal::new(89015)),
        Some(LinkStatus::AwaitsAccountAdmin | LinkStatus::AwaitsMiniProgramAdmin) => {}
        _ => state
            .links
            .put(&account.appid, appid, LinkStatus::AwaitsAccountAdmin),
    }
    Ok(json!({}))
}
