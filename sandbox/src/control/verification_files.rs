use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::state::State;

pub(super) fn get(state: &State, appid: &str) -> Result<Value, SandboxError> {
    state.account(appid)?;
    let files = state.verification_files.get(appid);
    Ok(json!({ "everywhere": files.is_none(), "files": files }))
}

pub(super) fn put(
    state: &mut State,
    appid: &str,
    files: Option<BTreeMap<String, String>>,
) -> Result<Value, SandboxError> {
    state.put_verification_files(appid, files)?;
    get(state, appid)
}
