use std::mem::MaybeUninit;

use crate::argument::present;
use crate::client::jumpqr_client;
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::status::jumpqr_status;
use crate::verification_file::jumpqr_verification_file;

/// `downloadQRCodeText`: the domain-ownership verification file of the account, which is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and that of each kind
/// of error.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_download_qr_code_text(
    client: Option<&jumpqr_client>,
    file: Option<&mut MaybeUninit<*mut jumpqr_verification_file>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        let file = present(file, "file")?;
        file.write(jumpqr_verification_file::raw(
            client.download_qr_code_text()?,
        ));
        Ok(())
    })
}
