use std::mem::MaybeUninit;

use crate::{jumpqr_client, jumpqr_error, jumpqr_ip_list, jumpqr_status, present, produce};

/// `getApiDomainIp`: lists the addresses of WeChat's interfaces, for a firewall. Read them once a
/// day. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_get_api_domain_ip(
    client: Option<&jumpqr_client>,
    list: Option<&mut MaybeUninit<*mut jumpqr_ip_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(list, "list", error, || {
        let list = present(client, "client")?.0.get_api_domain_ip()?;
        Ok(jumpqr_ip_list::from(list))
    })
}
