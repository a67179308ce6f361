use std::mem::MaybeUninit;

use crate::{
    jumpqr_client, jumpqr_error, jumpqr_linked_miniprograms, jumpqr_status, present, produce,
};

/// `wxamplinkget`: lists the Mini Programs that the service account is linked to, or will be when
/// the administrators have confirmed. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_wxamplinkget(
    client: Option<&jumpqr_client>,
    linked: Option<&mut MaybeUninit<*mut jumpqr_linked_miniprograms>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(linked, "linked", error, || {
        let linked = present(client, "client")?.0.wxamplinkget()?.into_iter();
        Ok(jumpqr_linked_miniprograms(linked.map(Into::into).collect()))
    })
}
