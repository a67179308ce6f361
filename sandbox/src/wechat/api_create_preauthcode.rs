//! `api_create_preauthcode`: issues the code for one link.

use serde_json::{Value, json};

use super::admission::admit_platform;
use super::call::Call;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::codes::PRE_AUTH_CODE_LIFETIME;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, _) = admit_platform(state, call)?;
    let now = state.clock.now();
    Ok(json!({
        "pre_auth_code": state.codes.issue_pre_auth_code(&component_appid, now),
        "expires_in": PRE_AUTH_CODE_LIFETIME.as_secs(),
    }))
}
