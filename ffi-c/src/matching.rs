use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::matching::{Mismatch, covers, launch_query, nearest_prefix, occupies};

use crate::argument::{text, text_list, texts};
use crate::object::forever;
use crate::{
    Nothing, attempt, find, jumpqr_error, jumpqr_status, jumpqr_string, jumpqr_text, present,
    produce,
};

/// Checks whether the rule `prefix` covers `link`. Both end with NUL.
///
/// If the rule does not cover the link, `code` receives the reason, e.g. `no_trailing_slash`, and
/// `message` the reason for a person. If it does, both receive no text. Both texts live forever.
///
/// NULL is allowed for `error`, `code` and `message`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_covers(
    prefix: *const c_char,
    link: *const c_char,
    code: Option<&mut MaybeUninit<jumpqr_text>>,
    message: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [prefix, link] = unsafe { texts([(prefix, "prefix"), (link, "link")]) }?;
        let reason = covers(prefix, link).err();
        for (output, text) in [
            (code, reason.map(Mismatch::name)),
            (message, reason.map(Mismatch::message)),
        ] {
            output.map(|output| output.write(text.map_or(Nothing::NOTHING, forever)));
        }
        Ok(())
    })
}

/// Checks whether a rule `prefix` with permit_sub_rule 2 forbids other accounts the rule `other`.
/// Both end with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_occupies(
    prefix: *const c_char,
    other: *const c_char,
    occupied: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [prefix, other] = unsafe { texts([(prefix, "prefix"), (other, "other")]) }?;
        present(occupied, "occupied")?.write(occupies(prefix, other));
        Ok(())
    })
}

/// Finds, among `count` listed prefixes, the one that is most similar to `prefix`. All end with
/// NUL. If a delete is confirmed by `not_there`, it shows which rule was probably meant.
///
/// `nearest` receives a string, which is to be freed. It receives NULL if no prefix is similar.
///
/// NULL is allowed for `error`, and for `listed` if `count` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_nearest_prefix(
    prefix: *const c_char,
    listed: *const *const c_char,
    count: usize,
    nearest: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    find(nearest, "nearest", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let prefix = unsafe { text(prefix, "prefix") }?;
        // SAFETY: the caller passes `count` texts that end with NUL.
        let listed = unsafe { text_list(listed, count, "listed") }?;
        Ok(nearest_prefix(prefix, listed))
    })
}

/// Returns the query with which the scanned `link` opens the Mini Program. `link` ends with NUL;
/// `scancode_time` is in UNIX seconds. The string is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_launch_query(
    link: *const c_char,
    scancode_time: u64,
    query: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(query, "query", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let link = unsafe { text(link, "link") }?;
        Ok(launch_query(link, scancode_time))
    })
}
