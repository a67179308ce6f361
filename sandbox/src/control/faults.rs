use serde_json::{Value, json};

use super::{deserialize, to_json};
use crate::error::SandboxError;
use crate::fault::FaultForm;
use crate::wechat::WeChat;

pub(super) fn list(wechat: &WeChat) -> Result<Value, SandboxError> {
    let faults = wechat.faults.waiting().iter().map(|(id, fault)| {
        let mut shown = to_json(fault)?;
        if let Value::Object(fields) = &mut shown {
            fields.insert("id".to_owned(), json!(id));
        }
        Ok(shown)
    });
    faults.collect()
}

pub(super) fn inject(wechat: &mut WeChat, body: Value) -> Result<Value, SandboxError> {
    let fault = deserialize::<FaultForm>(body)?.into_fault()?;
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
