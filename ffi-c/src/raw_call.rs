//! Calls to any interface, by its path.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::RawCall;

use crate::argument::{array, optional_text, text};
use crate::{
    jumpqr_client, jumpqr_error, jumpqr_platform, jumpqr_status, jumpqr_string, present, produce,
};

/// A field of a query, for `jumpqr_client_call_raw` and `jumpqr_platform_call_raw`.
///
/// It is yours, and so are its texts, which end with NUL. The function copies them. No other thread
/// may change them meanwhile.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct jumpqr_query_field {
    /// The name: letters, digits, `_`, `-` and `.`. It must not be NULL.
    pub name: *const c_char,
    /// The value, not percent-encoded. It must not be NULL.
    pub value: *const c_char,
}

/// Reads the arguments of a raw call.
///
/// # Safety
///
/// `path` and `body` are NULL, or end with NUL; `query` is NULL, or points to `query_count` fields,
/// whose texts are NULL, or end with NUL.
unsafe fn raw_call(
    path: *const c_char,
    query: *const jumpqr_query_field,
    query_count: usize,
    body: *const c_char,
    repeatable: bool,
) -> Result<RawCall, jumpqr_error> {
    // SAFETY: the caller promises the same.
    let path = unsafe { text(path, "path") }?;
    // SAFETY: the caller promises the same.
    let mut call = match unsafe { optional_text(body, "body") }? {
        None => RawCall::get(path),
        Some(json) => RawCall::post(path, json),
    };
    // SAFETY: the caller promises the same.
    let fields = unsafe { array(query, query_count, "query") }?;
    for (index, field) in fields.iter().enumerate() {
        // SAFETY: the caller promises it for each text.
        let name = unsafe { text(field.name, format_args!("query[{index}].name")) }?;
        // SAFETY: the caller promises it for each text.
        let value = unsafe { text(field.value, format_args!("query[{index}].value")) }?;
        call = call.query(name, value);
    }
    Ok(if repeatable { call.repeatable() } else { call })
}

/// Calls any interface of WeChat's, also one that this library does not have, with this client's
/// token. `answer` receives the whole JSON of the response, which may contain secrets. It is to be
/// freed.
///
/// - `path` begins with `/`, without host and query. Interfaces that issue tokens are refused.
/// - `query` has `query_count` fields, without the token.
/// - `body` is the JSON of a POST, which is sent byte for byte. If it is NULL, the call is a GET.
///
/// Both texts end with NUL. A refusal of WeChat's is an error with its errcode. If a response is
/// lost, WeChat may have done what the call asks: the outcome of the error is `unknown`. If
/// `repeatable` is true, the call is sent again instead, because a second time does no harm.
///
/// NULL is allowed for `error` and `body`, and for `query` if `query_count` is 0. Status:
/// `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_call_raw(
    client: Option<&jumpqr_client>,
    path: *const c_char,
    query: *const jumpqr_query_field,
    query_count: usize,
    body: *const c_char,
    repeatable: bool,
    answer: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(answer, "answer", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes fields, and texts that end with NUL, or NULL.
        let call = unsafe { raw_call(path, query, query_count, body, repeatable) }?;
        Ok(client.call_raw(call)?)
    })
}

/// Calls any interface of WeChat's with the platform's own token, which has the name in the query
/// that the setting `component_token_field` says. For an interface that needs a merchant's token,
/// call `jumpqr_client_call_raw` with the merchant's client. It has the details. The answer is to
/// be freed.
///
/// NULL is allowed for `error` and `body`, and for `query` if `query_count` is 0. Status:
/// `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_call_raw(
    platform: Option<&jumpqr_platform>,
    path: *const c_char,
    query: *const jumpqr_query_field,
    query_count: usize,
    body: *const c_char,
    repeatable: bool,
    answer: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(answer, "answer", error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes fields, and texts that end with NUL, or NULL.
        let call = unsafe { raw_call(path, query, query_count, body, repeatable) }?;
        Ok(platform.call_raw(call)?)
    })
}
