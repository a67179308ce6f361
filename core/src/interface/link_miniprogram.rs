use alloc::borrow::Cow;
use alloc::string::String;

use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::write::Write;
use super::{
    Applied, Change, Confirmation, Interface, LinkStatus, LinkedMiniprogram, WxaMpLinkGet, advice,
};
use crate::check::{CheckReport, check_appid};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;
use crate::response::Fields;

/// `linkMiniprogram`: asks for a link between a service account and a Mini Program. Service-account
/// rules need one.
///
/// The link is made later, after an administrator of each side has confirmed it. [`WxaMpLinkGet`]
/// returns its status. Source: the official page of wxamplink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMiniprogram {
    /// The Mini Program to link.
    pub appid: String,
    /// Whether to notify the followers.
    pub notify_users: bool,
    /// Whether to show it on the account's profile.
    pub show_profile: bool,
}

impl Interface for LinkMiniprogram {
    type Response = Confirmation;

    const NAME: &'static str = "linkMiniprogram";
    const PATH: &'static str = "/cgi-bin/wxopen/wxamplink";

    fn request(&self) -> Result<Request> {
        Request::post(
            Self::PATH,
            &json!({
                "appid": self.appid,
                "notify_users": u8::from(self.notify_users),
                "show_profile": u8::from(self.show_profile),
            }),
        )
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

impl Write for LinkMiniprogram {
    fn read_back(&self) -> Result<Request> {
        WxaMpLinkGet.request()
    }

    fn check_applied(&self, response: &Fields<'_>) -> Result<Applied> {
        let linked = LinkedMiniprogram::decode_list(response)?;
        let status = linked
            .iter()
            .find(|item| item.appid == self.appid)
            .map(|item| item.status);
        Ok(match status {
            None => Applied::No,
            // An earlier request may have been refused.
            Some(None | Some(LinkStatus::Refused)) => Applied::Unclear,
            Some(Some(_)) => Applied::Yes,
        })
    }

    fn advise_if_unknown(&self) -> &'static str {
        advice::ON_UNKNOWN_LINK
    }
}

impl FromMapping for LinkMiniprogram {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        const FIELDS: &[&str] = &["appid", "notify_users", "show_profile"];
        Reading::of_arguments(arguments, FIELDS, |reader| {
            let appid = reader.require_text("appid", "the appid of the Mini Program to link, wx…");
            let notify_users = reader.flag("notify_users");
            let show_profile = reader.flag("show_profile");
            Some(Self {
                appid: appid?,
                notify_users,
                show_profile,
            })
        })
    }
}
