//! `downloadQRCodeText`: returns the account's verification file.

use serde_json::{Value, json};

use super::admission::{admit, check_mode};
use super::call::Call;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (account, fields) = admit(state, call)?;
    check_mode(&account, &fields)?;
    let (file_name, file_content) = account.verification_file();
    Ok(json!({ "file_name": file_name, "file_content": file_content }))
}
