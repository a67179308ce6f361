use std::mem::MaybeUninit;

use super::confirm;
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_text, present};

/// `clearQuotaByAppSecret`: clears the counts as `jumpqr_clear_quota` does, with the client's appid
/// and appsecret. It needs no token, so it also helps if the calls for tokens are used up.
///
/// `confirmation` receives `answered`. If the response was lost, the call fails with an unknown
/// outcome, and is not sent again. The text lives forever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NO_CREDENTIALS` if the client has no appsecret, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_clear_quota_by_app_secret(
    client: Option<&jumpqr_client>,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    confirm(confirmation, error, || {
        Ok(present(client, "client")?.0.clear_quota_by_app_secret()?)
    })
}
