use jumpqr::interface::RidInfo;

use crate::object::{Object, number};
use crate::{guard, jumpqr_text};

/// What WeChat keeps about a call. WeChat returns the texts with the tokens and secrets that were
/// sent. Here, stars stand for them.
///
/// Free it with `jumpqr_rid_info_free`, exactly once. It stays valid after the client is freed. Any
/// number of threads may read it at the same time.
pub struct jumpqr_rid_info(pub(crate) Object<RidInfo>);

/// Frees the result and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_free(info: Option<Box<jumpqr_rid_info>>) {
    guard(|| info.map(drop));
}

/// Returns when the call was made, in seconds since the UNIX epoch. -1 if the response omits it, or
/// if `info` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_invoke_time(info: Option<&jumpqr_rid_info>) -> i64 {
    guard(|| number(info?.0.invoke_time))
}

/// Returns how long WeChat worked on the call, in milliseconds. -1 if the response omits it, or if
/// `info` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_cost_in_ms(info: Option<&jumpqr_rid_info>) -> i64 {
    guard(|| number(info?.0.cost_in_ms))
}

/// Returns the query of the URL. No text if the response omits it, or if `info` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_request_url(info: Option<&jumpqr_rid_info>) -> jumpqr_text {
    guard(|| info?.0.optional(|info| info.request_url.as_ref()))
}

/// Returns the body of the request. No text if the response omits it, or if `info` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_request_body(info: Option<&jumpqr_rid_info>) -> jumpqr_text {
    guard(|| info?.0.optional(|info| info.request_body.as_ref()))
}

/// Returns the body of the response. No text if the response omits it, or if `info` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_response_body(info: Option<&jumpqr_rid_info>) -> jumpqr_text {
    guard(|| info?.0.optional(|info| info.response_body.as_ref()))
}

/// Returns the IP address that the call came from. No text if the response omits it, or if `info` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rid_info_client_ip(info: Option<&jumpqr_rid_info>) -> jumpqr_text {
    guard(|| info?.0.optional(|info| info.client_ip.as_ref()))
}
