//! The endpoint of the domains and prefixes that WeChat refuses.

use serde_json::Value;

use super::{deserialize, to_json};
use crate::error::SandboxError;
use crate::state::State;

pub(super) fn put(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    state.web = deserialize(body)?;
    to_json(&state.web)
}
