//! What needs no client: checks, matching, names. Values are JSON unless they are plain.

use jumpqr::error::OwnCode;
use jumpqr::{ErrCode, Error, interface, mapping, matching, verification_file};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::guard::{from_json, guard, to_json};

/// Returns the violations and warnings of a call to `interface`.
#[napi]
pub fn check_call(interface: String, arguments: String) -> napi::Result<String> {
    guard(|| {
        #[cfg(feature = "test-hooks")]
        crate::hooks::panic_if_asked(&interface);
        to_json(&interface::check_call(&interface, &from_json(&arguments)?)?)
    })
}

/// Parses untrusted bytes as JSON.
#[napi]
pub fn parse_document(document: Uint8Array) -> napi::Result<String> {
    guard(|| to_json(&mapping::parse_document(&document)?))
}

/// Returns whether a rule that occupies its sub-rules bars others from `other`.
#[napi]
pub fn occupies(prefix: String, other: String) -> napi::Result<bool> {
    guard(|| Ok(matching::occupies(&prefix, &other)))
}

/// Returns the listed prefix that most resembles `prefix`; null if none resembles it.
#[napi]
pub fn nearest_prefix(prefix: String, listed: Vec<String>) -> napi::Result<Option<String>> {
    guard(|| {
        let listed = listed.iter().map(String::as_str);
        Ok(matching::nearest_prefix(&prefix, listed).map(str::to_owned))
    })
}

/// Returns the URL of the verification file; null if `prefix` is not a link.
#[napi]
pub fn verification_file_location(
    prefix: String,
    file_name: String,
) -> napi::Result<Option<String>> {
    guard(|| Ok(verification_file::location(&prefix, &file_name)))
}

/// Returns the query with which the Mini Program is opened.
#[napi]
pub fn launch_query(link: String, scancode_time: f64) -> napi::Result<String> {
    guard(|| {
        let seconds = whole(scancode_time).and_then(|seconds| u64::try_from(seconds).ok());
        let seconds = seconds.ok_or_else(|| {
            let message = "scancodeTime: give whole UNIX seconds";
            Error::new(OwnCode::InvalidRequest, message)
        })?;
        Ok(matching::launch_query(&link, seconds))
    })
}

/// Returns what WeChat's error code means; null if it is not known.
#[napi]
pub fn errcode(number: f64) -> napi::Result<String> {
    guard(|| to_json(&whole(number).and_then(ErrCode::lookup)))
}

/// Returns the whole number that `number` is, if JavaScript can tell it from the next one.
fn whole(number: f64) -> Option<i64> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= MOST).then_some(number as i64)
}

/// Returns every stable name and number.
#[napi]
pub fn names() -> napi::Result<String> {
    guard(|| to_json(&jumpqr::names::names()))
}

/// Returns the version of this package.
#[napi]
pub fn version() -> napi::Result<String> {
    guard(|| Ok(env!("CARGO_PKG_VERSION").to_owned()))
}
