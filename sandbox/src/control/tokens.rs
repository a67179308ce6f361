use serde_json::Value;

use super::{read, render};
use crate::error::SandboxError;
use crate::state::State;

/// What is absent stays.
pub(super) fn put(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    let mut succession = render(&state.succession)?;
    if let (Value::Object(succession), Value::Object(changes)) = (&mut succession, body) {
        succession.extend(changes);
    }
    state.succession = read(succession)?;
    render(&state.succession)
}
