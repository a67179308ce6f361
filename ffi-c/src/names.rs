use std::mem::MaybeUninit;

use crate::argument::present;
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::status::jumpqr_status;
use crate::string::jumpqr_string;

/// Every stable name and number, as a JSON object of lists: for tools that make tables of them. The string is to be freed.
///
/// - `errcodes`: what `jumpqr_errcode_at` gives, by the names of its functions.
/// - `own_codes`, the codes of errors that do not come from WeChat: `name`, `kind`, `retryable`, `advice`.
/// - `findings`, the codes of violations and warnings: `name`, `warning`.
/// - `link_statuses`: `number`, `name`. `mismatches`: `code`, `message`.
/// - `open_version`, `permit_sub_rule`, `is_edit`, `state`, the values of the field: `number`, `word`.
/// - `kinds`, `outcomes`, `confirmations`, `interfaces`: names.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_names_json(
    json: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let json = present(json, "json")?;
        json.write(jumpqr_string::raw(&jumpqr::names::names().to_string()));
        Ok(())
    })
}
