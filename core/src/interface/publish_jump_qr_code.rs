use std::borrow::Cow;

use serde_json::json;

use super::{
    Applied, Confirmation, GetJumpQRCode, Interface, LookUp, Presence, Write, advice, confirm,
    get_jump_qr_code,
};
use crate::check::CheckReport;
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::rule::{RuleKey, RuleState};

/// `publishJumpQRCode`: makes a rule effective for everybody. There is no way back but to delete it.
///
/// 100 a month in ordinary-link mode (then 886000); the Mini Program must have released code (else 85074).
/// Source: the official page of publishJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishJumpQRCode {
    /// The rule. Only its prefix is sent; the appid serves to read a service-account rule back.
    pub key: RuleKey,
}

impl Interface for PublishJumpQRCode {
    type Response = Confirmation;

    const NAME: &'static str = "publishJumpQRCode";

    fn request(&self) -> Request {
        Request::post(
            "/cgi-bin/wxopen/qrcodejumppublish",
            &json!({"prefix": self.key.prefix()}),
        )
    }

    fn check(&self) -> CheckReport {
        self.key.check()
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_key(&self.key, code)
    }

    fn decode(&self, answer: &Fields) -> Result<Confirmation> {
        confirm(answer)
    }

    fn write(&self) -> Option<&dyn Write<Confirmation>> {
        Some(self)
    }
}

impl Write<Confirmation> for PublishJumpQRCode {
    fn before(&self) -> Option<Request> {
        GetJumpQRCode::to_look_up(&self.key).map(|list| list.request())
    }

    /// Whether publishing again costs one of the month's publishes is documented nowhere, so a
    /// published rule is not published again.
    fn look_up(&self, answer: &Fields) -> LookUp<Confirmation> {
        let Ok(list) = GetJumpQRCode::OrdinaryLink.decode(answer) else {
            return LookUp::Needed;
        };
        match list.presence(&self.key) {
            Presence::NotListed => LookUp::Impossible(list.no_such_rule(self.key.prefix())),
            Presence::Listed(rule) if rule.state == Some(RuleState::Published) => {
                LookUp::Already(Confirmation::AlreadyPublished)
            }
            Presence::Listed(_) | Presence::Unclear => LookUp::Needed,
        }
    }

    fn read_back(&self) -> Request {
        GetJumpQRCode::for_rule(&self.key).request()
    }

    fn applied(&self, answer: &Fields) -> Result<Applied> {
        let list = get_jump_qr_code::read_back(answer)?;
        let state = list.find(self.key.prefix()).map(|rule| rule.state);
        Ok(match state {
            Some(Some(RuleState::Published)) => Applied::Yes,
            Some(Some(RuleState::Unpublished)) | None => Applied::No,
            Some(None) => Applied::Unclear,
        })
    }

    fn confirmed(&self) -> Confirmation {
        Confirmation::ReadBack
    }
}
