use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::state::State;
use crate::state::file_source::FileSource;

pub(super) fn get(state: &State, appid: &str) -> Result<Value, SandboxError> {
    state.account(appid)?;
    let source = state.file_sources.get(appid);
    let files = match source {
        Some(FileSource::Listed(files)) => Some(files),
        Some(FileSource::Fetched(_)) | None => None,
    };
    Ok(json!({ "everywhere": source.is_none(), "files": files }))
}

pub(super) fn put(
    state: &mut State,
    appid: &str,
    files: Option<BTreeMap<String, String>>,
) -> Result<Value, SandboxError> {
    state.put_verification_files(appid, files)?;
    get(state, appid)
}
