use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::{confirm, rule_key};
use crate::argument::present;
use crate::client::jumpqr_client;
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::status::jumpqr_status;
use crate::text::jumpqr_text;

/// `deleteJumpQRCode`: removes a rule at once, published or not.
///
/// `prefix` ends with NUL, as does `appid`, the Mini Program's in service-account mode; it is NULL in ordinary-link mode.
///
/// Unless the client does not validate, the rule is looked up first. If there is no such rule,
/// nothing is sent.
///
/// `confirmation`, which may be NULL, gets `answered`; `read_back` if the answer got lost and the
/// change was found to stand; or `not_there` if there is no such rule (see
/// `jumpqr_nearest_prefix`). The text lives for ever.
///
/// NULL is allowed for `error`, `appid` and `confirmation`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and that of each kind of error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_delete_jump_qr_code(
    client: Option<&jumpqr_client>,
    prefix: *const c_char,
    appid: *const c_char,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let key = unsafe { rule_key(prefix, appid) }?;
        confirm(confirmation, client.delete_jump_qr_code(key)?);
        Ok(())
    })
}
