use std::mem::MaybeUninit;

use crate::{jumpqr_error, jumpqr_status, jumpqr_string, produce};

/// Returns all stable names and numbers as a JSON object of lists, for tools that generate tables
/// from them. The string is to be freed.
///
/// - `errcodes`: the fields of `jumpqr_errcode`, named as its functions.
/// - `own_codes`, the codes of errors that are not from WeChat: `name`, `kind`, `retryable`,
///   `advice`.
/// - `findings`, the codes of violations and warnings: `name`, `warning`.
/// - `link_statuses`: `number`, `name`. `mismatches` and `obstacles`: `code`,
///   `message`.
/// - `readiness_codes`, the codes of findings about a merchant: `name`, `severity`.
/// - `preflight_codes`, the codes of findings of a preflight: `name`, `severity`, `message`.
/// - `open_version`, `permit_sub_rule`, `is_edit`, `state`, `auth_type`, the values of the field:
///   `number`, `word`.
/// - `kinds`, `outcomes`, `confirmations`, `interfaces`, `devices`, `modes`, `verdicts`,
///   `severities`, `preflight_verdicts`, `preflight_places`, `preflight_extents`: names.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_names_json(
    json: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(json, "json", error, || {
        Ok(jumpqr_string::from(&*jumpqr::names::names().to_string()))
    })
}
