//! The endpoints of the token succession.

use serde_json::Value;

use super::{merge, to_json};
use crate::error::SandboxError;
use crate::state::State;

/// Changes the token succession. An absent field keeps its value.
pub(super) fn put(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    state.succession = merge(&state.succession, body)?;
    to_json(&state.succession)
}
