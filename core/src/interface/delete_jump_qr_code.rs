use alloc::borrow::Cow;

use serde_json::Value;

use super::by_name::FromMapping;
use super::write::{RuleLookUp, Write};
use super::{
    Applied, Change, Confirmation, Decode, GetJumpQRCode, Interface, JumpQRCodeList, ListedRule,
    advice,
};
use crate::check::CheckReport;
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::{Reading, read_rule_key};
use crate::request::Request;
use crate::response::Fields;
use crate::rule::RuleKey;

/// `deleteJumpQRCode`: removes a rule at once, published or not.
///
/// Developers report damaged rules that remain although WeChat answers ok. If that matters, list
/// the rules afterwards, and ask for a [`decisive`](JumpQRCodeList::decisive) list. Source: the
/// official page of deleteJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteJumpQRCode {
    /// The rule.
    pub key: RuleKey,
}

impl Interface for DeleteJumpQRCode {
    type Response = Confirmation;

    const NAME: &'static str = "deleteJumpQRCode";
    const PATH: &'static str = "/cgi-bin/wxopen/qrcodejumpdelete";

    fn request(&self) -> Result<Request> {
        Request::post(Self::PATH, &self.key)
    }

    fn check(&self) -> CheckReport {
        self.key.check()
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_key(&self.key, code).map(Cow::Owned)
    }

    fn change(&self) -> Option<Change<'_, Confirmation>> {
        Some(Change::new(self))
    }
}

impl Write for DeleteJumpQRCode {
    fn rule_to_look_up(&self) -> Option<&RuleKey> {
        Some(&self.key)
    }

    fn look_up(&self, rule: Option<&ListedRule>) -> RuleLookUp {
        match rule {
            None => RuleLookUp::Already(Confirmation::NotThere),
            Some(_) => RuleLookUp::Needed,
        }
    }

    fn read_back(&self) -> Result<Request> {
        GetJumpQRCode::for_rule(&self.key).request()
    }

    fn check_applied(&self, response: &Fields<'_>) -> Result<Applied> {
        let list = JumpQRCodeList::decode(response)?.decisive()?;
        Ok(match list.find(&self.key.prefix) {
            None => Applied::Yes,
            Some(_) => Applied::No,
        })
    }
}

impl FromMapping for DeleteJumpQRCode {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        read_rule_key(arguments).map(|key| Self { key })
    }
}
