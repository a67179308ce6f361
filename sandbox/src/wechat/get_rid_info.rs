//! `openapi/rid/get`: returns a refused call, with the tokens and secrets that were sent.

use jumpqr_core::errcode::Errmsg;
use serde_json::{Value, json};

use super::admission::admit_anybody;
use super::call::Call;
use super::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let holder = admit_anybody(state, call)?;
    let fields = Fields::parse(&call.body)?;
    let rid = fields.optional_text("rid")?.unwrap_or_default();
    if Errmsg::parse(&format!("rid: {rid}")).rid != Some(rid) {
        return Err(76002.into());
    }
    let now = state.clock.now();
    let refused = state.refused_calls.find(rid, holder.owner(), now)?;
    Ok(json!({
        "request": {
            "invoke_time": refused.at.as_secs(),
            "cost_in_ms": 1,
            "request_url": refused.query,
            "request_body": refused.request_body,
            "response_body": refused.response_body,
            "client_ip": "127.0.0.1",
        }
    }))
}
