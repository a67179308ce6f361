use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::VerificationFile;
use jumpqr::verification_file::location;

use crate::argument::texts;
use crate::object::Object;
use crate::{find, guard, jumpqr_error, jumpqr_status, jumpqr_string, jumpqr_text};

/// The domain-ownership verification file of an account.
///
/// Free it with `jumpqr_verification_file_free`, exactly once. It stays valid after the client is
/// freed. Any number of threads may read it at the same time.
pub struct jumpqr_verification_file(pub(crate) Object<VerificationFile>);

/// Returns the file name, e.g. `UASjIrr8C9.txt`. It is never a path. No text if `file` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_verification_file_name(
    file: Option<&jumpqr_verification_file>,
) -> jumpqr_text {
    guard(|| file?.0.text(|file| &file.file_name))
}

/// Returns the content. Serve it byte for byte. No text if `file` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_verification_file_content(
    file: Option<&jumpqr_verification_file>,
) -> jumpqr_text {
    guard(|| file?.0.text(|file| &file.file_content))
}

/// Frees a file and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_verification_file_free(file: Option<Box<jumpqr_verification_file>>) {
    guard(|| file.map(drop));
}

/// Returns the URL at which WeChat looks for the file `file_name` if a rule has this `prefix`. Both
/// end with NUL.
///
/// `url` receives a string, which is to be freed. It receives NULL if the prefix is not a link.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_verification_file_location(
    prefix: *const c_char,
    file_name: *const c_char,
    url: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    find(url, "url", error, || {
        let parameters = [(prefix, "prefix"), (file_name, "file_name")];
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [prefix, file_name] = unsafe { texts(parameters) }?;
        Ok(location(prefix, file_name))
    })
}
