use std::ptr::from_ref;
use std::sync::LazyLock;

use jumpqr::ErrCode;

use crate::guard::guard;
use crate::text::{fixed, jumpqr_text};

/// One of WeChat's error codes: what it means, and what to do about it. It is never freed, and lives for ever, as do its
/// texts. Any number of threads may read it at the same time.
pub struct jumpqr_errcode(&'static ErrCode);

static ENTRIES: LazyLock<Vec<jumpqr_errcode>> =
    LazyLock::new(|| ErrCode::all().iter().map(jumpqr_errcode).collect());

/// The entry for a number; NULL where the table has none.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_lookup(number: i64) -> *const jumpqr_errcode {
    guard(|| {
        let found = ENTRIES.binary_search_by_key(&number, |entry| entry.0.number);
        ENTRIES.get(found.ok()?).map(from_ref)
    })
}

/// The number of entries.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_count() -> usize {
    guard(|| Some(ErrCode::all().len()))
}

/// The entry at `index`, from 0, in ascending order of the numbers; NULL where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_at(index: usize) -> *const jumpqr_errcode {
    guard(|| ENTRIES.get(index).map(from_ref))
}

/// The number; 0 of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_number(code: Option<&jumpqr_errcode>) -> i64 {
    guard(|| Some(code.map_or(0, |code| code.0.number)))
}

/// The stable name, e.g. `illegal_prefix`. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_name(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| Some(fixed(code?.0.name)))
}

/// The documented text, without rid; empty where none is documented. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_errmsg(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| Some(fixed(code?.0.errmsg)))
}

/// What the reader of the error must do, in a word, e.g. `state`. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_kind(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| Some(fixed(code?.0.kind.name())))
}

/// What a call does next: `stop`, `fix`, `renew`, `wait` or `read_back`. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_reaction(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| Some(fixed(code?.0.reaction.name())))
}

/// How long to wait at least before sending again, in seconds. 0 if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_wait_seconds(code: Option<&jumpqr_errcode>) -> u64 {
    guard(|| Some(code?.0.wait.as_secs()))
}

/// Whether the same call may succeed later, with nothing changed. `false` if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_retryable(code: Option<&jumpqr_errcode>) -> bool {
    guard(|| Some(code?.0.retryable))
}

/// What it means. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_meaning(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| Some(fixed(code?.0.meaning)))
}

/// What to do, for a person. No text if `code` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_errcode_advice(code: Option<&jumpqr_errcode>) -> jumpqr_text {
    guard(|| Some(fixed(code?.0.advice)))
}
