use alloc::borrow::Cow;
use alloc::string::String;

use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::write::Write;
use super::{Applied, Change, Confirmation, Interface, LinkedMiniprogram, WxaMpLinkGet, advice};
use crate::check::{CheckReport, check_appid};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;
use crate::response::Fields;

/// `unlinkMiniprogram`: asks to remove the link between a service account and a Mini Program.
///
/// The link is removed later, after an administrator of the service account has confirmed it. Until
/// then, [`WxaMpLinkGet`] lists it. Source: the official page of unlinkMiniprogram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlinkMiniprogram {
    /// The linked Mini Program.
    pub appid: String,
}

impl Interface for UnlinkMiniprogram {
    type Response = Confirmation;

    const NAME: &'static str = "unlinkMiniprogram";
    const PATH: &'static str = "/cgi-bin/wxopen/wxampunlink";

    fn request(&self) -> Result<Request> {
        Request::post(Self::PATH, &json!({ "appid": self.appid }))
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        check_appid(&mut report, &self.appid);
        report
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_link(code).map(Cow::Borrowed)
    }

    fn change(&self) -> Option<Change<'_, Confirmation>> {
        Some(Change::new(self))
    }
}

impl Write for UnlinkMiniprogram {
    fn read_back(&self) -> Result<Request> {
        WxaMpLinkGet.request()
    }

    fn check_applied(&self, response: &Fields<'_>) -> Result<Applied> {
        let linked = LinkedMiniprogram::decode_list(response)?;
        let is_listed = linked.iter().any(|item| item.appid == self.appid);
        Ok(if is_listed {
            // The request may be waiting for the administrator.
            Applied::Unclear
        } else {
            Applied::Yes
        })
    }

    fn advise_if_unknown(&self) -> &'static str {
        advice::ON_UNKNOWN_LINK
    }
}

impl FromMapping for UnlinkMiniprogram {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &["appid"], |reader| {
            let appid = reader.require_text("appid", "the appid of the linked Mini Program, wx…");
            Some(Self { appid: appid? })
        })
    }
}
