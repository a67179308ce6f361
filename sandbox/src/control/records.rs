use serde_json::{Value, json};

use super::render;
use crate::error::SandboxError;
use crate::state::State;
use crate::state::journal::Journal;

pub(super) fn requests(state: &State) -> Result<Value, SandboxError> {
    render(&state.journal.requests)
}

pub(super) fn forget(state: &mut State) -> Value {
    state.journal = Journal::default();
    json!({})
}
