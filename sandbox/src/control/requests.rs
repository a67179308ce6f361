//! The recorded requests.

use serde_json::{Value, json};

use super::to_json;
use crate::error::SandboxError;
use crate::state::State;
use crate::state::journal::Journal;

pub(super) fn requests(state: &State) -> Result<Value, SandboxError> {
    to_json(&state.journal.requests)
}

pub(super) fn clear(state: &mut State) -> Value {
    state.journal = Journal::default();
    json!({})
}
