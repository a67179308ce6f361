//! `wxampunlink`: requests the end of a link. The service account's administrator decides by a
//! control endpoint.

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
    let app = state.accounts.get(appid);
    app.filter(|app| app.kind == AccountKind::MiniProgram)
        .ok_or(40013)?;
    if state.links.get(&account.appid, appid) != Some(LinkStatus::Linked) {
        return Err(INVALID_ARGS.into());
    }
    state.links.request_end(&account.appid, appid);
    Ok(json!({}))
}
