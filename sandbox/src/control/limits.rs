use serde_json::Value;

use super::{read, render};
use crate::error::SandboxError;
use crate::state::State;

/// What is absent stays.
pub(super) fn put(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    let mut limits = render(&state.limits)?;
    if let (Value::Object(limits), Value::Object(changes)) = (&mut limits, body) {
        limits.extend(changes);
    }
    state.limits = read(limits)?;
    render(&state.limits)
}
