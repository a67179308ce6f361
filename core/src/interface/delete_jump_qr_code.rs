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
use crate::rule::RuleKey;

/// `deleteJumpQRCode`: removes a rule at once, published or not.
///
/// Developers report damaged rules that stay although the answer is ok: read the rule back where it matters, and ask the list
/// whether it is [`decisive`](super::JumpQRCodeList::decisive).
/// Source: the official page of deleteJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteJumpQRCode {
    /// The rule.
    pub key: RuleKey,
}

impl Interface for DeleteJumpQRCode {
    type Response = Confirmation;

    const NAME: &'static str = "deleteJumpQRCode";

    fn request(&self) -> Request {
        let body = match self.key.appid() {
            Some(appid) => json!({"appid": appid, "prefix": self.key.prefix()}),
            None => json!({"prefix": self.key.prefix()}),
        };
        Request::post("/cgi-bin/wxopen/qrcodejumpdelete", &body)
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

impl Write<Confirmation> for DeleteJumpQRCode {
    fn before(&self) -> Option<Request> {
        GetJumpQRCode::to_look_up(&self.key).map(|list| list.request())
    }

    fn look_up(&self, answer: &Fields) -> LookUp<Confirmation> {
        let Ok(list) = GetJumpQRCode::OrdinaryLink.decode(answer) else {
            return LookUp::Needed;
        };
        match list.presence(&self.key) {
            Presence::NotListed => LookUp::Already(Confirmation::NotThere),
            Presence::Listed(_) | Presence::Unclear => LookUp::Needed,
        }
    }

    fn read_back(&self) -> Request {
        GetJumpQRCode::for_rule(&self.key).request()
    }

    fn applied(&self, answer: &Fields) -> Result<Applied> {
        let list = get_jump_qr_code::read_back(answer)?;
        Ok(match list.find(self.key.prefix()) {
            None => Applied::Yes,
            Some(_) => Applied::No,
        })
    }

    fn confirmed(&self) -> Confirmation {
        Confirmation::ReadBack
    }
}
