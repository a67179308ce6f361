use std::mem::MaybeUninit;

use crate::{
    jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_verification_file, present, produce,
};

/// `downloadQRCodeText`: downloads the domain-ownership verification file of the account. The file
/// is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_download_qr_code_text(
    client: Option<&jumpqr_client>,
    file: Option<&mut MaybeUninit<*mut jumpqr_verification_file>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(file, "file", error, || {
        Ok(present(client, "client")?.0.download_qr_code_text()?)
    })
}
