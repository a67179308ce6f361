use alloc::borrow::Cow;

use serde_json::{Value, json};

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
use crate::rule::{RuleKey, RuleState};

/// `publishJumpQRCode`: makes a rule effective for everybody. Only deleting the rule undoes it.
///
/// The limit is 100 a month in ordinary-link mode (then 886000). The Mini Program must have
/// released code (else 85074). Source: the official page of publishJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishJumpQRCode {
    /// The rule. Only its prefix is sent. The appid is needed to read a service-account rule back.
    pub key: RuleKey,
}

impl Interface for PublishJumpQRCode {
    type Response = Confirmation;

    const NAME: &'static str = "publishJumpQRCode";
    const PATH: &'static str = "/cgi-bin/wxopen/qrcodejumppublish";

    fn request(&self) -> Result<Request> {
        Request::post(Self::PATH, &json!({"prefix": self.key.prefix}))
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

impl Write for PublishJumpQRCode {
    fn rule_to_look_up(&self) -> Option<&RuleKey> {
        Some(&self.key)
    }

    /// A published rule is not published again: no page says whether that uses up one of the
    /// month's publishes.
    fn look_up(&self, rule: Option<&ListedRule>) -> RuleLookUp {
        match rule {
            None => RuleLookUp::NoSuchRule,
            Some(rule) if rule.state == Some(RuleState::Published) => {
                RuleLookUp::Already(Confirmation::AlreadyPublished)
            }
            Some(_) => RuleLookUp::Needed,
        }
    }

    fn read_back(&self) -> Result<Request> {
        GetJumpQRCode::for_rule(&self.key).request()
    }

    fn check_applied(&self, response: &Fields<'_>) -> Result<Applied> {
        let list = JumpQRCodeList::decode(response)?.decisive()?;
        let state = list.find(&self.key.prefix).map(|rule| rule.state);
        Ok(match state {
            Some(Some(RuleState::Published)) => Applied::Yes,
            Some(Some(RuleState::Unpublished)) | None => Applied::No,
            Some(None) => Applied::Unclear,
        })
    }
}

impl FromMapping for PublishJumpQRCode {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        read_rule_key(arguments).map(|key| Self { key })
    }
}
