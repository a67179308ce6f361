//! `wxamplinkget`: lists the links of a service account.

use serde_json::{Value, json};

use super::admission::admit;
use super::call::Call;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (account, _) = admit(state, call)?;
    let links = state.links.all();
    let items = links.filter(|(service_account, ..)| *service_account == account.appid);
    let items: Vec<Value> = items
        .map(|(_, appid, status)| {
            let app = state.accounts.get(appid);
            json!({
                "appid": appid,
                "status": status.number(),
                "nickname": app.map(|app| &app.nickname),
                "released": app.map(|app| u8::from(app.released)),
            })
        })
        .collect();
    Ok(json!({ "wxopens": { "items": items } }))
}
