use serde_json::{Value, json};

use super::{deserialize, to_json};
use crate::error::SandboxError;
use crate::fault::FaultForm;
use crate::state::State;

pub(super) fn list(state: &State) -> Result<Value, SandboxError> {
    let faults = state.faults.waiting().iter().map(|(id, fault)| {
        let mut shown = to_json(fault)?;
        if let Value::Object(fields) = &mut shown {
            fields.insert("id".to_owned(), json!(id));
        }
        Ok(shown)
    });
    faults.collect()
}

pub(super) fn inject(state: &mut State, body: Value) -> Result<Value, SandboxError> {
    let fault = deserialize::<FaultForm>(body)?.into_fault()?;
    Ok(json!({ "id": state.inject(fault)? }))
}

pub(super) fn clear(state: &mut State) -> Value {
    state.faults.clear();
    json!({})
}

pub(super) fn remove(state: &mut State, id: &str) -> Result<Value, SandboxError> {
    let removed = id.parse().is_ok_and(|id| state.faults.remove(id));
    if !removed {
        return Err(SandboxError::NotFound(format!(
            "no pending fault has the id {id}; GET /sandbox/faults lists the pending faults"
        )));
    }
    Ok(json!({}))
}
