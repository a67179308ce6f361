use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::Secret;

use super::jumpqr_platform;
use crate::argument::{array, text};
use crate::object::forever;
use crate::{attempt, jumpqr_error, jumpqr_push, jumpqr_status, jumpqr_text, present, produce};

/// Receives what WeChat pushes to either address of the platform, and stores it. `query` is the raw
/// query of the request, ending with NUL. `body` is its raw body, of `body_size` bytes. The push is
/// to be freed. Answer with `jumpqr_push_reply` first, then call `jumpqr_push_finish`.
///
/// - A ticket is stored, unless the stored one is of the same or a later push.
/// - `unauthorized` removes the merchant's tokens, unless the merchant has authorised the platform
///   in the same second or later. From then on, calls for the merchant fail with
///   `JUMPQR_STATUS_MERCHANT_UNAUTHORIZED`, and WeChat is not asked. If another process has
///   the former access token in memory, it learns this when WeChat refuses its next call.
/// - The code of `authorized` and `updateauthorized` is stored, unless a newer one is known. It is
///   exchanged by `jumpqr_push_finish`. If that is not called or fails, the next call for the
///   merchant exchanges it.
/// - Everything else is only received.
///
/// The platform needs the settings `message_token` and `encoding_aes_key`. Any process that shares
/// the token store may receive the pushes. The call blocks until the store has answered, at most
/// for the platform's timeout.
///
/// If the status is below `JUMPQR_STATUS_CREDENTIALS` and not `JUMPQR_STATUS_INVALID_CONFIG`, the
/// request is refused: answer with an HTTP status such as 403, and an empty body. If it is another
/// error, a setting is missing or the store failed: answer with 500, and WeChat may push again.
///
/// NULL is allowed for `error`, and for `body` if `body_size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`,
/// `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_PUSH_MALFORMED`, `JUMPQR_STATUS_PUSH_NOT_SIGNED`,
/// `JUMPQR_STATUS_PUSH_NOT_DECRYPTED`, `JUMPQR_STATUS_UNEXPECTED_PUSH`, `JUMPQR_STATUS_TIMEOUT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_handle(
    platform: Option<&jumpqr_platform>,
    query: *const c_char,
    body: *const c_char,
    body_size: usize,
    push: Option<&mut MaybeUninit<*mut jumpqr_push>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(push, "push", error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let query = unsafe { text(query, "query") }?;
        // SAFETY: the caller passes `body_size` bytes.
        let body = unsafe { array(body.cast(), body_size, "body") }?;
        Ok(platform.handle(query, body)?)
    })
}

/// Stores a component_verify_ticket that WeChat has just pushed, for a program that decrypts pushes
/// by itself: `jumpqr_platform_handle` does both. WeChat pushes one every 10 minutes, and each is
/// valid for 12 hours. Any process that shares the token store may receive the pushes.
///
/// `ticket` ends with NUL. It is the decrypted ComponentVerifyTicket, which begins with
/// `ticket@@@`. If it cannot be a ticket, for example because it is the ciphertext of Encrypt, it
/// is refused, and the former ticket stays.
///
/// The call blocks until the store has answered, at most for the platform's timeout.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_TIMEOUT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_set_verify_ticket(
    platform: Option<&jumpqr_platform>,
    ticket: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let ticket = unsafe { text(ticket, "ticket") }?;
        Ok(platform.set_verify_ticket(Secret::new(ticket))?)
    })
}

/// `api_start_push_ticket`: asks WeChat to push tickets again. WeChat stops if the platform's
/// address does not answer. The request needs no token.
///
/// `pushes` receives `restarted`, or `were_running` if they were not stopped. The text lives
/// forever.
///
/// NULL is allowed for `error` and `pushes`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, and the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_start_push_ticket(
    platform: Option<&jumpqr_platform>,
    pushes: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let found = present(platform, "platform")?.0.start_push_ticket()?;
        pushes.map(|pushes| pushes.write(forever(found.name())));
        Ok(())
    })
}
