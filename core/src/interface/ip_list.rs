use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Decode, missing_field};
use crate::error::Result;
use crate::response::Fields;

/// The response of `getCallbackIp` and `getApiDomainIp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IpList {
    /// Addresses such as `101.226.103.1`, and ranges such as `101.226.103.0/25`.
    pub ip_list: Vec<String>,
}

impl Decode for IpList {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        // Without the list, a firewall would be told to let nothing through.
        let ip_list = response.texts("ip_list");
        let ip_list = ip_list.filter(|ip_list| !ip_list.is_empty());
        Ok(Self {
            ip_list: ip_list.ok_or_else(|| missing_field("ip_list"))?,
        })
    }
}
