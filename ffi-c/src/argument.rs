//! What C passes, before it is believed.

use std::ffi::{CStr, c_char};
use std::slice;

use jumpqr::check::FindingCode;

use crate::error::Failure;
use crate::status::jumpqr_status;

/// What must not be NULL.
pub(crate) fn present<T>(pointer: Option<T>, name: &str) -> Result<T, Failure> {
    pointer.ok_or_else(|| null(name))
}

fn null(name: &str) -> Failure {
    Failure::misuse(
        jumpqr_status::NullArgument,
        name,
        FindingCode::MissingField,
        "is NULL; give a pointer to what it says",
    )
}

/// The refusal of a number that the parameter does not take.
pub(crate) fn out_of_range(name: &str, remedy: &str) -> Failure {
    Failure::misuse(
        jumpqr_status::OutOfRange,
        name,
        FindingCode::OutOfRange,
        remedy,
    )
}

/// A text that ends with NUL.
///
/// # Safety
///
/// `pointer` is NULL, or points to bytes that end with NUL and do not change during `'a`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: the caller has promised the same.
    unsafe { text_named(pointer, || name.to_owned()) }
}

/// The same; the name is asked for only where something is wrong.
///
/// # Safety
///
/// As [`text`].
unsafe fn text_named<'a>(
    pointer: *const c_char,
    name: impl Fn() -> String,
) -> Result<&'a str, Failure> {
    if pointer.is_null() {
        return Err(null(&name()));
    }
    // SAFETY: it is not NULL, so it ends with NUL and does not change, as the caller has promised.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|error| {
        Failure::misuse(
            jumpqr_status::NotUtf8,
            &name(),
            FindingCode::NotUtf8,
            &format!(
                "is not UTF-8 from byte {} on; convert it",
                error.valid_up_to()
            ),
        )
    })
}

/// A text that ends with NUL; NULL where there is none.
///
/// # Safety
///
/// As [`text`].
pub(crate) unsafe fn optional_text<'a>(
    pointer: *const c_char,
    name: &str,
) -> Result<Option<&'a str>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller has promised the same.
    unsafe { text(pointer, name) }.map(Some)
}

/// `count` texts that end with NUL. NULL is an empty list where `count` is 0.
///
/// # Safety
///
/// `pointer` is NULL, or points to `count` pointers, each as [`text`] wants it.
pub(crate) unsafe fn texts<'a>(
    pointer: *const *const c_char,
    count: usize,
    name: &str,
) -> Result<Vec<&'a str>, Failure> {
    // SAFETY: the caller has promised the same.
    let pointers = unsafe { array(pointer, count, name) }?;
    let named = pointers.iter().enumerate();
    named
        .map(|(index, &pointer)| {
            // SAFETY: the caller has promised it of each.
            unsafe { text_named(pointer, || format!("{name}[{index}]")) }
        })
        .collect()
}

/// `count` values. NULL is an empty array where `count` is 0.
///
/// # Safety
///
/// `pointer` is NULL, or points to `count` values that do not change during `'a`.
pub(crate) unsafe fn array<'a, T>(
    pointer: *const T,
    count: usize,
    name: &str,
) -> Result<&'a [T], Failure> {
    if pointer.is_null() {
        return if count == 0 { Ok(&[]) } else { Err(null(name)) };
    }
    if count > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(out_of_range(
            name,
            "has more entries than memory has room for",
        ));
    }
    // SAFETY: it is not NULL, so it points to `count` values, which fit into memory, as the caller has promised.
    Ok(unsafe { slice::from_raw_parts(pointer, count) })
}
