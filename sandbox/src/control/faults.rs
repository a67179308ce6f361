use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::fault::Fault;
use crate::wechat::WeChat;

pub(super) fn inject(wechat: &mut WeChat, fault: Fault) -> Result<Value, SandboxError> {
    Ok(json!({ "id": wechat.inject(fault)? }))
}

pub(super) fn remove(wechat: &mut WeChat, id: &str) -> Result<(), SandboxError> {
    let removed = id.parse().is_ok_and(|id| wechat.faults.remove(id));
    if !removed {
        return Err(SandboxError::NotFound(format!(
            "no pending fault has the id {id}; GET /sandbox/faults lists the pending faults"
        )));
    }
    Ok(())
}
