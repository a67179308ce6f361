use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::{Decode, Interface, advice, missing};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::Reading;
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

/// The status of a link between a service account and a Mini Program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkStatus {
    /// 1: linked.
    Linked,
    /// 2: waits for an administrator of the Mini Program.
    AwaitsMiniProgramAdmin,
    /// 3: an administrator of the Mini Program refused.
    Refused,
    /// 12: waits for an administrator of the service account.
    AwaitsAccountAdmin,
}

impl LinkStatus {
    /// Every documented status, in the order of the numbers.
    pub const ALL: &'static [Self] = &[
        Self::Linked,
        Self::AwaitsMiniProgramAdmin,
        Self::Refused,
        Self::AwaitsAccountAdmin,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Linked => 1,
            Self::AwaitsMiniProgramAdmin => 2,
            Self::Refused => 3,
            Self::AwaitsAccountAdmin => 12,
        }
    }

    /// The status with this number.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Linked),
            2 => Some(Self::AwaitsMiniProgramAdmin),
            3 => Some(Self::Refused),
            12 => Some(Self::AwaitsAccountAdmin),
            _ => None,
        }
    }

    /// The stable name, e.g. `awaits_account_admin`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::AwaitsMiniProgramAdmin => "awaits_mini_program_admin",
            Self::Refused => "refused",
            Self::AwaitsAccountAdmin => "awaits_account_admin",
        }
    }
}

impl Serialize for LinkStatus {
    /// Serialises the stable name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Interface for WxaMpLinkGet {
    type Response = Vec<LinkedMiniprogram>;

    const NAME: &'static str = "wxamplinkget";

    fn request(&self) -> Result<Request> {
        Request::post("/cgi-bin/wxopen/wxamplinkget", &json!({}))
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_link(code)
    }
}

impl Decode for Vec<LinkedMiniprogram> {
    fn decode(response: &Fields) -> Result<Self> {
        if !response.has("wxopens") && response.errcode().is_none() {
            return Err(missing("wxopens"));
        }
        let items = response
            .object("wxopens")
            .and_then(|wxopens| wxopens.objects("items"))
            .unwrap_or_default();
        let linked = items.iter().filter_map(|item| {
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
