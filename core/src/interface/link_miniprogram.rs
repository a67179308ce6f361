use std::borrow::Cow;

use serde_json::json;

use super::{
    Applied, Confirmation, Interface, LinkStatus, Write, WxaMpLinkGet, advice, confirm, missing,
};
use crate::check::{CheckReport, check_appid};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;

/// `linkMiniprogram`: asks for a service account to be linked to a Mini Program, a precondition of service-account rules.
///
/// It is asynchronous: an administrator of each side confirms; [`WxaMpLinkGet`] tells how far that is.
/// Source: the official page of wxamplink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMiniprogram {
    /// The Mini Program to link.
    pub appid: String,
    /// Whether to tell the followers.
    pub notify_users: bool,
    /// Whether to show it on the account's profile.
    pub show_profile: bool,
}

impl Interface for LinkMiniprogram {
    type Response = Confirmation;

    const NAME: &'static str = "linkMiniprogram";

    fn request(&self) -> Request {
        Request::post(
            "/cgi-bin/wxopen/wxamplink",
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
        (code.number == 61007).then_some(Cow::Borrowed(advice::ON_MISSING_LINK_PERMISSION))
    }

    fn decode(&self, answer: &Fields) -> Result<Confirmation> {
        confirm(answer)
    }

    fn write(&self) -> Option<&dyn Write<Confirmation>> {
        Some(self)
    }
}

impl Write<Confirmation> for LinkMiniprogram {
    fn read_back(&self) -> Request {
        WxaMpLinkGet.request()
    }

    fn applied(&self, answer: &Fields) -> Result<Applied> {
        // Without a list there is no telling a link that was not asked for from an answer that is none of WeChat's.
        let listed = answer.object("wxopens");
        if !listed.is_some_and(|wxopens| wxopens.is_list("items")) {
            return Err(missing("wxopens"));
        }
        let linked = WxaMpLinkGet.decode(answer)?;
        let status = linked
            .iter()
            .find(|item| item.appid == self.appid)
            .map(|item| item.status);
        Ok(match status {
            None => Applied::No,
            // A refusal may be that of an earlier request.
            Some(None | Some(LinkStatus::Refused)) => Applied::Unclear,
            Some(Some(_)) => Applied::Yes,
        })
    }

    fn confirmed(&self) -> Confirmation {
        Confirmation::ReadBack
    }
}
