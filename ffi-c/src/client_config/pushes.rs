//! The settings with which a platform receives pushes.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::{jumpqr_client_config, settings};
use crate::argument::text;
use crate::{attempt, jumpqr_error, jumpqr_status};

/// Sets a platform's `message_token` (消息校验Token of the console), with which it receives pushes. It
/// ends with NUL, and needs an EncodingAESKey, too.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_message_token(
    config: Option<&mut jumpqr_client_config>,
    message_token: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let value = unsafe { text(message_token, "message_token") }?;
        settings(config)?.message_token = Some(value.into());
        Ok(())
    })
}

/// Sets the message token before the last change, ending with NUL. Keep it for a while after a
/// change: WeChat does not say when it begins to use the new one.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_message_token_former(
    config: Option<&mut jumpqr_client_config>,
    message_token_former: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let value = unsafe { text(message_token_former, "message_token_former") }?;
        settings(config)?.message_token_former = Some(value.into());
        Ok(())
    })
}

/// Sets a platform's `encoding_aes_key` (消息加解密Key of the console), with which it receives pushes:
/// 43 letters and digits, ending with NUL. It needs a message token, too.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_encoding_aes_key(
    config: Option<&mut jumpqr_client_config>,
    encoding_aes_key: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let value = unsafe { text(encoding_aes_key, "encoding_aes_key") }?;
        settings(config)?.encoding_aes_key = Some(value.into());
        Ok(())
    })
}

/// Sets the EncodingAESKey before the last change, ending with NUL. Keep it for a while after a
/// change, as the message token.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_encoding_aes_key_former(
    config: Option<&mut jumpqr_client_config>,
    encoding_aes_key_former: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let value = unsafe { text(encoding_aes_key_former, "encoding_aes_key_former") }?;
        settings(config)?.encoding_aes_key_former = Some(value.into());
        Ok(())
    })
}
