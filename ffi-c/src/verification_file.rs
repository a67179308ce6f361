use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use jumpqr::interface::VerificationFile;
use jumpqr::verification_file::location;

use crate::argument::{present, text};
use crate::error::jumpqr_error;
use crate::guard::{attempt, guard};
use crate::status::jumpqr_status;
use crate::string::jumpqr_string;
use crate::text::{Text, jumpqr_text};

/// The domain-ownership verification file of an account.
///
/// Free it with `jumpqr_verification_file_free`, exactly once. It lives on when the client is freed. Any number of threads may
/// read it at the same time.
pub struct jumpqr_verification_file {
    file_name: Text,
    file_content: Text,
}

impl jumpqr_verification_file {
    pub(crate) fn raw(file: VerificationFile) -> *mut Self {
        Box::into_raw(Box::new(Self {
            file_name: file.file_name.into(),
            file_content: file.file_content.into(),
        }))
    }
}

/// The name, e.g. `UASjIrr8C9.txt`: never a path. No text if `file` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_verification_file_name(
    file: Option<&jumpqr_verification_file>,
) -> jumpqr_text {
    guard(|| Some(file?.file_name.view()))
}

/// The content, to be served byte for byte. No text if `file` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_verification_file_content(
    file: Option<&jumpqr_verification_file>,
) -> jumpqr_text {
    guard(|| Some(file?.file_content.view()))
}

/// Frees a file and the texts that were asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_verification_file_free(file: Option<Box<jumpqr_verification_file>>) {
    guard(|| {
        drop(file);
        Some(())
    });
}

/// The URL under which WeChat looks for the file `file_name` of a rule with this `prefix`; both end with NUL. The string is to
/// be freed; it is NULL where the prefix is not a link.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_verification_file_location(
    prefix: *const c_char,
    file_name: *const c_char,
    url: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let prefix = unsafe { text(prefix, "prefix") }?;
        // SAFETY: the same.
        let file_name = unsafe { text(file_name, "file_name") }?;
        let url = present(url, "url")?;
        let found = location(prefix, file_name);
        url.write(found.map_or(null_mut(), |found| jumpqr_string::raw(&found)));
        Ok(())
    })
}
