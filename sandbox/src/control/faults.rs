use serde_json::{Value, json};

use super::{deserialize, to_json};
use crate::error::SandboxError;
use crate::fault::Fault;
use crate::wechat::WeChat;

pub(super) fn list(wechat: &WeChat) -> Result<Value, SandboxError> {
    to_json(&wechat.faults)
}

pub(super) fn inject(wechat: &mut WeChat, body: Value) -> Result<Value, SandboxError> {
    let fault: Fault = deserialize(body)?;
    Ok(json!({ "id": wechat.inject(fault)? }))
}

pub(super) fn clear(wechat: &mut WeChat) -> Value {
    wechat.faults.clear();
    json!({})
}

pub(super) fn remove(wechat: &mut WeChat, id: &str) -> Result<Value, SandboxError> {
    let removed = id.parse().is_ok_and(|id| wechat.faults.remove(id));
    if !removed {
        return Err(SandboxError::NotFound(format!(
            "no pending fault has the id {id}; GET /sandbox/faults lists the pending faults"
        )));
    }
    Ok(json!({}))
}
