//! What needs no client: checks, matching, names. Every value is JSON.

use jumpqr::error::OwnCode;
use jumpqr::interface::check_call;
use jumpqr::mapping::parse_document;
use jumpqr::matching::{launch_query, nearest_prefix, occupies};
use jumpqr::{ErrCode, Error, verification_file};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::guard::{from_json, guard, to_json};

/// The violations and warnings of a call to `interface`.
#[napi]
pub fn check(interface: String, arguments: String) -> napi::Result<String> {
    guard(|| {
        #[cfg(feature = "test-hooks")]
        crate::hooks::panic_if_asked(&interface);
        to_json(&check_call(&interface, &from_json(&arguments)?)?)
    })
}

/// The value of a JSON document, of which nobody knows yet whether it is one.
#[napi]
pub fn parse(document: Uint8Array) -> napi::Result<String> {
    guard(|| to_json(&parse_document(&document)?))
}

/// Whether a rule that occupies its sub-rules bars others from `other`.
#[napi]
pub fn prefix_occupies(prefix: String, other: String) -> napi::Result<bool> {
    guard(|| Ok(occupies(&prefix, &other)))
}

/// The listed prefix that most resembles `prefix`; null if none resembles it.
#[napi]
pub fn prefix_nearest(prefix: String, listed: Vec<String>) -> napi::Result<Option<String>> {
    guard(|| {
        let listed = listed.iter().map(String::as_str);
        Ok(nearest_prefix(&prefix, listed).map(str::to_owned))
    })
}

/// Where the verification file belongs, in JSON; null where `prefix` is no link.
#[napi]
pub fn verification_file_location(prefix: String, file_name: String) -> napi::Result<String> {
    guard(|| to_json(&verification_file::location(&prefix, &file_name)))
}

/// The query with which the Mini Program is opened.
#[napi]
pub fn mini_program_query(link: String, scancode_time: f64) -> napi::Result<String> {
    guard(|| {
        let seconds = whole(scancode_time).and_then(|seconds| u64::try_from(seconds).ok());
        let seconds = seconds.ok_or_else(|| {
            Error::new(
                OwnCode::InvalidRequest,
                "scancodeTime: give whole UNIX seconds",
            )
        })?;
        Ok(launch_query(&link, seconds))
    })
}

/// What WeChat's error code means, in JSON; null for one that is not known.
#[napi]
pub fn lookup_errcode(number: f64) -> napi::Result<String> {
    guard(|| to_json(&whole(number).and_then(ErrCode::lookup)))
}

/// The whole number that JavaScript's `number` is, where JavaScript can tell it from the next.
fn whole(number: f64) -> Option<i64> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= MOST).then_some(number as i64)
}

/// Every stable name and number.
#[napi]
pub fn names() -> napi::Result<String> {
    guard(|| to_json(&jumpqr::names::names()))
}

/// The version of what was built.
#[napi]
pub fn version() -> napi::Result<String> {
    guard(|| Ok(env!("CARGO_PKG_VERSION").to_owned()))
}
