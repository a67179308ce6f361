use serde_json::Value;

use super::{read, render};
use crate::error::SandboxError;
use crate::state::State;

pub(super) fn put(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    state.web = read(body)?;
    render(&state.web)
}
