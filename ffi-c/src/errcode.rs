use std::ptr::from_ref;
use std::sync::LazyLock;

use jumpqr::ErrCode;

use crate::object::Object;
use crate::{guard, jumpqr_text};

/// An entry of the table of WeChat's error codes: what the code means and what to do about it.
///
/// The entry and its texts live forever and are never freed. Any number of threads may read it at
/// the same time.
pub struct jumpqr_errcode(pub(crate) Object<&'static ErrCode>);

static ENTRIES: LazyLock<Vec<jumpqr_errcode>> =
    LazyLock::new(|| ErrCode::all().iter().map(Into::into).collect());

/// Returns the entry for a number. NULL if the table has none.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_lookup(number: i64) -> *const jumpqr_errcode {
    guard(|| {
        let found = ENTRIES.binary_search_by_key(&number, |entry| entry.0.number);
        ENTRIES.get(found.ok()?).map(from_ref)
    })
}

/// Returns the number of entries.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_count() -> usize {
    guard(|| Some(ENTRIES.len()))
}

/// Returns the entry at `index`, from 0, in ascending order of the numbers. NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_at(index: usize) -> *const jumpqr_errcode {
    guard(|| ENTRIES.get(index).map(from_ref))
}

/// Returns the number. 0 if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_number(code: Option<&jumpqr_errcode>) -> i64 {
    guard(|| Some(code.map_or(0, |entry| entry.0.number)))
}

/// Returns the stable name, e.g. `illegal_prefix`. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_name(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| code?.0.text(|code| code.name))
}

/// Returns the documented text, without rid. It is empty if none is documented. No text if `code`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_errmsg(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| code?.0.text(|code| code.errmsg))
}

/// Returns the kind, which says who must act: for example `state`. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_kind(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| code?.0.text(|code| code.kind.name()))
}

/// Returns what a call does next: `stop`, `fix`, `renew`, `wait` or `read_back`. No text if `code`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_reaction(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| code?.0.text(|code| code.reaction.name()))
}

/// Returns the minimum time to wait before sending again, in seconds. 0 if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_wait_seconds(code: Option<&jumpqr_errcode>) -> u64 {
    guard(|| Some(code?.0.wait.as_secs()))
}

/// Returns whether the same call may succeed later, with nothing changed. `false` if `code` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_retryable(code: Option<&jumpqr_errcode>) -> bool {
    guard(|| Some(code?.0.retryable))
}

/// Returns what the code means. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_meaning(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| code?.0.text(|code| code.meaning))
}

/// Returns what a person must do about the code. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_advice(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| code?.0.text(|code| code.advice))
}
