use serde_json::Value;

use super::{changed, render};
use crate::error::SandboxError;
use crate::state::State;

/// What is absent stays.
pub(super) fn put(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    state.limits = changed(&state.limits, body)?;
    render(&state.limits)
}
