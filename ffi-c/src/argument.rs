//! Reads what C passes, without trusting it.

use std::ffi::{CStr, c_char};
use std::fmt::Display;
use std::slice;

use crate::{jumpqr_error, jumpqr_status, present};

/// Returns the refusal of a number that the parameter does not take.
pub(crate) fn out_of_range(name: &str, problem: &str) -> jumpqr_error {
    jumpqr_error::misuse(jumpqr_status::OutOfRange, name, problem)
}

/// Reads a text that ends with NUL.
///
/// # Safety
///
/// `pointer` is NULL, or points to bytes that end with NUL and do not change during `'a`.
pub(crate) unsafe fn text<'a>(
    pointer: *const c_char,
    name: impl Display,
) -> Result<&'a str, jumpqr_error> {
    if pointer.is_null() {
        return present(None, &name.to_string());
    }
    // SAFETY: it is not NULL. So it ends with NUL and does not change, as the caller promises.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|error| {
        let problem = format!(
            "is not UTF-8 from byte {} on; convert it",
            error.valid_up_to()
        );
        jumpqr_error::misuse(jumpqr_status::NotUtf8, &name.to_string(), &problem)
    })
}

/// Reads a text that ends with NUL. NULL is `None`.
///
/// # Safety
///
/// As for [`text`].
pub(crate) unsafe fn optional_text<'a>(
    pointer: *const c_char,
    name: &str,
) -> Result<Option<&'a str>, jumpqr_error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller promises the same.
    unsafe { text(pointer, name) }.map(Some)
}

/// Reads several parameters, each a text that ends with NUL.
///
/// # Safety
///
/// Each pointer is as for [`text`].
pub(crate) unsafe fn texts<'a, const COUNT: usize>(
    parameters: [(*const c_char, &str); COUNT],
) -> Result<[&'a str; COUNT], jumpqr_error> {
    let mut read = [""; COUNT];
    for (text_read, (pointer, name)) in read.iter_mut().zip(parameters) {
        // SAFETY: the caller promises it for each pointer.
        *text_read = unsafe { text(pointer, name) }?;
    }
    Ok(read)
}

/// Reads a list of `count` texts that end with NUL. If `count` is 0, NULL is an empty list.
///
/// # Safety
///
/// `pointer` is NULL, or points to `count` pointers, each as for [`text`].
pub(crate) unsafe fn text_list<'a>(
    pointer: *const *const c_char,
    count: usize,
    name: &str,
) -> Result<Vec<&'a str>, jumpqr_error> {
    // SAFETY: the caller promises the same.
    let pointers = unsafe { array(pointer, count, name) }?;
    let numbered = pointers.iter().enumerate();
    numbered
        .map(|(index, &pointer)| {
            // SAFETY: the caller promises it for each pointer.
            unsafe { text(pointer, format_args!("{name}[{index}]")) }
        })
        .collect()
}

/// Reads an array of `count` values. If `count` is 0, NULL is an empty array.
///
/// # Safety
///
/// `pointer` is NULL, or points to `count` values that do not change during `'a`.
pub(crate) unsafe fn array<'a, T>(
    pointer: *const T,
    count: usize,
    name: &str,
) -> Result<&'a [T], jumpqr_error> {
    if pointer.is_null() {
        return if count == 0 {
            Ok(&[])
        } else {
            present(None, name)
        };
    }
    if count > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(out_of_range(name, "has more entries than fit into memory"));
    }
    // SAFETY: it is not NULL. So it points to `count` values, as the caller promises, and these fit
    // into memory.
    Ok(unsafe { slice::from_raw_parts(pointer, count) })
}
