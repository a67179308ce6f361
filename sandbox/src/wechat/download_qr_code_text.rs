use serde_json::{Value, json};

use super::fields::Fields;
use super::mode::check_mode;
use crate::account::Account;
use crate::refusal::Refusal;

pub(super) fn respond(account: &Account, fields: &Fields) -> Result<Value, Refusal> {
    check_mode(account, fields)?;
    let (file_name, file_content) = account.verification_file();
    Ok(json!({ "file_name": file_name, "file_content": file_content }))
}
