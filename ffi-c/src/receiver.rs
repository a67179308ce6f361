use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::push::Receiver;

use crate::argument::{array, text};
use crate::{
    guard, jumpqr_error, jumpqr_push, jumpqr_receiver_config, jumpqr_status, jumpqr_string,
    present, produce,
};

/// Checks and decrypts the pushes to a third-party platform, offline. It is for a program that
/// stores nothing. `jumpqr_platform_handle` receives a push and stores what it says.
///
/// Any number of threads may use it at the same time. Free it with `jumpqr_receiver_free`, exactly
/// once, when no call is using it. Its pushes stay valid.
pub struct jumpqr_receiver(pub(crate) Receiver);

/// Makes a receiver from `config`. The receiver is to be freed. Wrong settings are refused together,
/// with a violation for each.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_STRUCT_SIZE`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_receiver_new(
    config: *const jumpqr_receiver_config,
    receiver: Option<&mut MaybeUninit<*mut jumpqr_receiver>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(receiver, "receiver", error, || {
        // SAFETY: the caller passes a struct of the size that it says, or NULL.
        let config = unsafe { jumpqr_receiver_config::read(config) }?;
        Ok(Receiver::new(&config)?)
    })
}

/// Checks and decrypts a push. `query` is the raw query of the request, ending with NUL. `body` is
/// its raw body, of `body_size` bytes. The push is to be freed.
///
/// If the push is refused, answer with an HTTP error, for example 403, and an empty body.
///
/// NULL is allowed for `error`, and for `body` if `body_size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`,
/// `JUMPQR_STATUS_PUSH_MALFORMED`, `JUMPQR_STATUS_PUSH_NOT_SIGNED`,
/// `JUMPQR_STATUS_PUSH_NOT_DECRYPTED`, `JUMPQR_STATUS_UNEXPECTED_PUSH`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_receiver_receive(
    receiver: Option<&jumpqr_receiver>,
    query: *const c_char,
    body: *const c_char,
    body_size: usize,
    push: Option<&mut MaybeUninit<*mut jumpqr_push>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(push, "push", error, || {
        let receiver = &present(receiver, "receiver")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let query = unsafe { text(query, "query") }?;
        // SAFETY: the caller passes `body_size` bytes.
        let body = unsafe { array(body.cast(), body_size, "body") }?;
        Ok(receiver.receive(query, body)?)
    })
}

/// Checks the GET request with which WeChat verifies a message address. `query` is its raw query,
/// ending with NUL. `echo` receives the body to answer with, which is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_PUSH_MALFORMED`, `JUMPQR_STATUS_PUSH_NOT_SIGNED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_receiver_verify_url(
    receiver: Option<&jumpqr_receiver>,
    query: *const c_char,
    echo: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(echo, "echo", error, || {
        let receiver = &present(receiver, "receiver")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let query = unsafe { text(query, "query") }?;
        Ok(receiver.verify_url(query)?)
    })
}

/// Frees a receiver. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_receiver_free(receiver: Option<Box<jumpqr_receiver>>) {
    guard(|| receiver.map(drop));
}
