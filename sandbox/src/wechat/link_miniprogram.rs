//! `wxamplink`: requests a link. The two administrators decide by a control endpoint.

use jumpqr_core::interface::LinkStatus;
use serde_json::{Value, json};

use super::admission::admit;
use super::call::Call;
use super::fields::INVALID_ARGS;
use crate::account::AccountKind;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (account, fields) = admit(state, call)?;
    let appid = fields.text("appid")?;
    for name in ["notify_users", "show_profile"] {
        if !matches!(fields.number(name)?, Some(0 | 1)) {
            return Err(INVALID_ARGS.into());
        }
    }
    let app = state.accounts.get(appid);
    app.filter(|app| app.kind == AccountKind::MiniProgram)
        .ok_or(40013)?;
    match state.links.get(&account.appid, appid) {
        // Source: reports of developers.
        Some(LinkStatus::Linked) => return Err(89015.into()),
        Some(LinkStatus::AwaitsAccountAdmin | LinkStatus::AwaitsMiniProgramAdmin) => {}
        _ => {
            let status = Some(LinkStatus::AwaitsAccountAdmin);
            state.links.put(&account.appid, appid, status);
        }
    }
    Ok(json!({}))
}
