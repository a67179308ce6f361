//! `getcallbackip` and `get_api_domain_ip`: the addresses of the sandbox, which is on loopback.

use serde_json::{Value, json};

use super::admission::admit_anybody;
use super::call::Call;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    admit_anybody(state, call)?;
    Ok(json!({ "ip_list": ["127.0.0.1"] }))
}
