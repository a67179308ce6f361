use serde_json::{Value, json};

use super::to_json;
use crate::error::SandboxError;
use crate::file_fetch::FileFetch;
use crate::state::State;
use crate::state::file_source::FileSource;

pub(super) fn get(state: &State, appid: &str) -> Result<Value, SandboxError> {
    state.account(appid)?;
    let Some(FileSource::Fetched(fetch)) = state.file_sources.get(appid) else {
        return Ok(json!({ "fetched": false }));
    };
    let mut shown = to_json(fetch)?;
    if let Value::Object(fields) = &mut shown {
        fields.insert("fetched".to_owned(), json!(true));
    }
    Ok(shown)
}

pub(super) fn put(state: &mut State, appid: &str, fetch: FileFetch) -> Result<Value, SandboxError> {
    state.put_file_fetch(appid, fetch)?;
    get(state, appid)
}

pub(super) fn delete(state: &mut State, appid: &str) -> Result<(), SandboxError> {
    state.account(appid)?;
    if let Some(FileSource::Fetched(_)) = state.file_sources.get(appid) {
        state.file_sources.remove(appid);
    }
    Ok(())
}
