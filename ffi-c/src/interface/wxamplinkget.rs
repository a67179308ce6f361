use std::mem::MaybeUninit;

use crate::argument::present;
use crate::client::jumpqr_client;
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::linked_miniprograms::jumpqr_linked_miniprograms;
use crate::status::jumpqr_status;

/// `wxamplinkget`: the Mini Programs that the service account is linked to, or is about to be. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and that of each kind
/// of error.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_wxamplinkget(
    client: Option<&jumpqr_client>,
    linked: Option<&mut MaybeUninit<*mut jumpqr_linked_miniprograms>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        let linked = present(linked, "linked")?;
        linked.write(jumpqr_linked_miniprograms::raw(&client.wxamplinkget()?));
        Ok(())
    })
}
