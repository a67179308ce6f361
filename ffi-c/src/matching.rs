use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use jumpqr::matching::{covers, launch_query, nearest_prefix, occupies};

use crate::argument::{present, text, texts};
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::status::jumpqr_status;
use crate::string::jumpqr_string;
use crate::text::{fixed, jumpqr_text};

/// Whether the rule `prefix` covers `link`; both end with NUL.
///
/// `code` gets why it does not, e.g. `no_trailing_slash`, and no text where it does; `message` the same for a person. Both may
/// be NULL, and both texts live for ever.
///
/// NULL is allowed for `error`, `code` and `message`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_covers(
    prefix: *const c_char,
    link: *const c_char,
    code: Option<&mut MaybeUninit<jumpqr_text>>,
    message: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let prefix = unsafe { text(prefix, "prefix") }?;
        // SAFETY: the same.
        let link = unsafe { text(link, "link") }?;
        let mismatch = covers(prefix, link).err();
        if let Some(code) = code {
            code.write(mismatch.map_or(jumpqr_text::NONE, |mismatch| fixed(mismatch.name())));
        }
        if let Some(message) = message {
            message.write(mismatch.map_or(jumpqr_text::NONE, |mismatch| fixed(mismatch.message())));
        }
        Ok(())
    })
}

/// Whether a rule `prefix` with permit_sub_rule 2 bars other accounts from the rule `other`; both end with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_occupies(
    prefix: *const c_char,
    other: *const c_char,
    occupied: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let prefix = unsafe { text(prefix, "prefix") }?;
        // SAFETY: the same.
        let other = unsafe { text(other, "other") }?;
        present(occupied, "occupied")?.write(occupies(prefix, other));
        Ok(())
    })
}

/// The one of `count` listed prefixes that most resembles `prefix`; all end with NUL. The string is
/// to be freed; it is NULL if none resembles it. Use it to see which rule was meant when a delete
/// is confirmed by `not_there`.
///
/// NULL is allowed for `error`, and for `listed` where `count` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_nearest_prefix(
    prefix: *const c_char,
    listed: *const *const c_char,
    count: usize,
    nearest: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let prefix = unsafe { text(prefix, "prefix") }?;
        // SAFETY: the caller passes `count` texts that end with NUL.
        let listed = unsafe { texts(listed, count, "listed") }?;
        let nearest = present(nearest, "nearest")?;
        nearest.write(nearest_prefix(prefix, listed).map_or(null_mut(), jumpqr_string::raw));
        Ok(())
    })
}

/// The query with which the Mini Program is opened for the scanned `link`, which ends with NUL; `scancode_time` is in UNIX
/// seconds. The string is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_launch_query(
    link: *const c_char,
    scancode_time: u64,
    query: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let link = unsafe { text(link, "link") }?;
        let query = present(query, "query")?;
        query.write(jumpqr_string::raw(&launch_query(link, scancode_time)));
        Ok(())
    })
}
