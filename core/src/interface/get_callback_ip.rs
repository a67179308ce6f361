use alloc::vec::Vec;

use serde_json::Value;

use super::by_name::FromMapping;
use super::{Interface, IpList};
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;

/// `getCallbackIp`: lists the addresses from which WeChat sends its pushes.
///
/// They may change. WeChat asks to read them once a day. Source: the official page of
/// getCallbackIp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetCallbackIp;

impl Interface for GetCallbackIp {
    type Response = IpList;

    const NAME: &'static str = "getCallbackIp";
    const PATH: &'static str = "/cgi-bin/getcallbackip";

    fn request(&self) -> Result<Request> {
        Ok(Request::get(Self::PATH, Vec::new()))
    }
}

impl FromMapping for GetCallbackIp {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &[], |_| Some(Self))
    }
}
