use jumpqr::interface::IpList;

use crate::object::Object;
use crate::{guard, jumpqr_text};

/// Addresses of WeChat.
///
/// Free it with `jumpqr_ip_list_free`, exactly once. It stays valid after the client is freed. Any
/// number of threads may read it at the same time.
pub struct jumpqr_ip_list(Vec<Object<String>>);

impl From<IpList> for jumpqr_ip_list {
    fn from(list: IpList) -> Self {
        Self(list.ip_list.into_iter().map(Into::into).collect())
    }
}

/// Frees a list and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_ip_list_free(list: Option<Box<jumpqr_ip_list>>) {
    guard(|| list.map(drop));
}

/// Returns the number of addresses. 0 if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_ip_list_count(list: Option<&jumpqr_ip_list>) -> usize {
    guard(|| Some(list?.0.len()))
}

/// Returns address number `index`, from 0. It may be a range, e.g. `101.226.103.0/25`. No text if
/// there is no such address, or if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_ip_list_ip(list: Option<&jumpqr_ip_list>, index: usize) -> jumpqr_text {
    guard(|| list?.0.get(index)?.text(|ip| ip))
}
