use alloc::vec::Vec;

use serde_json::Value;

use super::by_name::FromMapping;
use super::{Interface, IpList};
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;

/// `getApiDomainIp`: lists the addresses of WeChat's interfaces, for a firewall.
///
/// They may change. WeChat asks to read them once a day, and to keep calling the interfaces by
/// their host name. Source: the official page of getApiDomainIp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetApiDomainIp;

impl Interface for GetApiDomainIp {
    type Response = IpList;

    const NAME: &'static str = "getApiDomainIp";
    const PATH: &'static str = "/cgi-bin/get_api_domain_ip";

    fn request(&self) -> Result<Request> {
        Ok(Request::get(Self::PATH, Vec::new()))
    }
}

impl FromMapping for GetApiDomainIp {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &[], |_| Some(Self))
    }
}
