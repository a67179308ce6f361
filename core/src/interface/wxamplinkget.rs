use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::{Decode, Interface, advice, missing_field};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::Reading;
use crate::named;
use crate::request::Request;
use crate::response::Fields;

/// `wxamplinkget`: lists the Mini Programs to which the service account is linked, and the requests
/// for links.
///
/// Source: the official page of wxamplinkget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WxaMpLinkGet;

/// A Mini Program in the response of wxamplinkget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LinkedMiniprogram {
    /// Its appid.
    pub appid: String,
    /// The status of the link. `None` if WeChat sends an undocumented number.
    pub status: Option<LinkStatus>,
    /// Its name.
    pub nickname: Option<String>,
}

named! {
    /// The status of a link between a service account and a Mini Program.
    #[non_exhaustive]
    pub enum LinkStatus {
        /// 1: linked.
        Linked = "linked" => 1,
        /// 2: waits for an administrator of the Mini Program.
        AwaitsMiniProgramAdmin = "awaits_mini_program_admin" => 2,
        /// 3: an administrator of the Mini Program refused.
        Refused = "refused" => 3,
        /// 12: waits for an administrator of the service account.
        AwaitsAccountAdmin = "awaits_account_admin" => 12,
    }
    /// Returns the number on the wire.
    pub number -> u8
}

impl LinkStatus {
    /// Returns the status with this number on the wire.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|status| i64::from(status.number()) == number)
    }
}

impl Interface for WxaMpLinkGet {
    type Response = Vec<LinkedMiniprogram>;

    const NAME: &'static str = "wxamplinkget";
    const PATH: &'static str = "/cgi-bin/wxopen/wxamplinkget";

    fn request(&self) -> Result<Request> {
        Request::post(Self::PATH, &json!({}))
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_link(code).map(Cow::Borrowed)
    }
}

impl LinkedMiniprogram {
    /// Reads the list in a read-back. A response without a list need not come from WeChat: it does
    /// not say that nothing is linked.
    pub(super) fn decode_list(response: &Fields<'_>) -> Result<Vec<Self>> {
        let wxopens = response.object("wxopens");
        if !wxopens.is_some_and(|wxopens| wxopens.is_list("items")) {
            return Err(missing_field("wxopens"));
        }
        Vec::decode(response)
    }
}

impl Decode for Vec<LinkedMiniprogram> {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        if !response.has("wxopens") && response.errcode().is_none() {
            return Err(missing_field("wxopens"));
        }
        let wxopens = response.object("wxopens").into_iter();
        let items = wxopens.flat_map(|wxopens| wxopens.objects("items"));
        let linked = items.filter_map(|item| {
            Some(LinkedMiniprogram {
                appid: item.text("appid")?,
                status: item.number("status").and_then(LinkStatus::from_number),
                nickname: item.text("nickname"),
            })
        });
        Ok(linked.collect())
    }
}

impl FromMapping for WxaMpLinkGet {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &[], |_| Some(Self))
    }
}
