use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::json;

use super::{Interface, advice, missing};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;

/// `wxamplinkget`: the Mini Programs that the service account is linked to, or is about to be.
///
/// Source: the official page of wxamplinkget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WxaMpLinkGet;

/// A Mini Program in the answer of wxamplinkget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LinkedMiniprogram {
    /// Its appid.
    pub appid: String,
    /// How far the link is; `None` for a number that is not documented.
    pub status: Option<LinkStatus>,
    /// Its name.
    pub nickname: Option<String>,
}

/// How far the link between a service account and a Mini Program is.
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
    /// Every documented status, in ascending order of the numbers.
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
    /// As its stable name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Interface for WxaMpLinkGet {
    type Response = Vec<LinkedMiniprogram>;

    const NAME: &'static str = "wxamplinkget";

    fn request(&self) -> Request {
        Request::post("/cgi-bin/wxopen/wxamplinkget", &json!({}))
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        (code.number == 61007).then_some(Cow::Borrowed(advice::ON_MISSING_LINK_PERMISSION))
    }

    fn decode(&self, answer: &Fields) -> Result<Vec<LinkedMiniprogram>> {
        if !answer.has("wxopens") && answer.errcode().is_none() {
            return Err(missing("wxopens"));
        }
        let items = answer
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
