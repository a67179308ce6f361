use std::mem::MaybeUninit;

use crate::client::jumpqr_client;
use crate::error::{jumpqr_error, present, produce};
use crate::status::jumpqr_status;
use crate::verification_file::jumpqr_verification_file;

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
        let file = present(client, "client")?.client.download_qr_code_text()?;
        Ok(jumpqr_verification_file::from(file))
    })
}
