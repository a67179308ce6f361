use std::mem::MaybeUninit;

use super::jumpqr_platform;
use crate::{jumpqr_error, jumpqr_status, jumpqr_string, jumpqr_token_status, present, produce};

/// Reads the state of the platform's own token from its store. WeChat is not asked. For the token
/// of a merchant, see `jumpqr_client_token_status`. The status is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_token_status(
    platform: Option<&jumpqr_platform>,
    status: Option<&mut MaybeUninit<*mut jumpqr_token_status>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(status, "status", error, || {
        Ok(present(platform, "platform")?.0.token_status()?)
    })
}

/// Returns the platform's own token, for an interface that this library does not have. It is
/// renewed if it is due, and shared through the token store, so that no other program of the
/// platform needs to fetch one. The token is a secret, and is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_component_access_token(
    platform: Option<&jumpqr_platform>,
    token: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(token, "token", error, || {
        let token = present(platform, "platform")?.0.component_access_token()?;
        Ok(jumpqr_string::from(token.expose()))
    })
}
