use std::borrow::Cow;

use serde::Serialize;

use super::{
    Applied, Confirmation, GetJumpQRCode, Interface, Write, advice, confirm, get_jump_qr_code,
};
use crate::check::CheckReport;
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::rule::{Edit, Rule, RuleState};

/// `addJumpQRCode`: adds or modifies a rule.
///
/// In ordinary-link mode, place the [verification file](crate::verification_file) before. A published rule cannot be modified
/// in service-account mode; in ordinary-link mode only `open_version`, `permit_sub_rule` and `debug_url` can (else 40097).
/// Source: the official page of addJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddJumpQRCode {
    /// The rule.
    pub rule: Rule,
    /// Whether to add or to modify it.
    pub is_edit: Edit,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    rule: &'a Rule,
    is_edit: Edit,
}

impl Interface for AddJumpQRCode {
    type Response = Confirmation;

    const NAME: &'static str = "addJumpQRCode";

    fn request(&self) -> Request {
        Request::post(
            "/cgi-bin/wxopen/qrcodejumpadd",
            &Body {
                rule: &self.rule,
                is_edit: self.is_edit,
            },
        )
    }

    fn check(&self) -> CheckReport {
        self.rule.check()
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_add(&self.rule, self.is_edit, code)
    }

    fn decode(&self, answer: &Fields) -> Result<Confirmation> {
        confirm(answer)
    }

    fn write(&self) -> Option<&dyn Write<Confirmation>> {
        Some(self)
    }
}

impl Write<Confirmation> for AddJumpQRCode {
    fn read_back(&self) -> Request {
        GetJumpQRCode::for_rule(&self.rule.key()).request()
    }

    fn applied(&self, answer: &Fields) -> Result<Applied> {
        let list = get_jump_qr_code::read_back(answer)?;
        let Some(listed) = list.find(self.rule.prefix()) else {
            return Ok(Applied::No);
        };
        // A field that the answer leaves out does not speak against a rule that was just added, but whether a
        // modification of it was applied remains untold.
        let untold = match self.is_edit {
            Edit::Add => Applied::Yes,
            Edit::Modify => Applied::Unclear,
        };
        let mut standing = Applied::Yes;
        for same in listed.compare(&self.rule) {
            match same {
                Some(true) => {}
                Some(false) => return Ok(Applied::No),
                None => standing = untold,
            }
        }
        // A new rule is not published: one that is was there before, and the answer to adding it would be 85071.
        if self.is_edit == Edit::Add && listed.state == Some(RuleState::Published) {
            return Ok(Applied::Unclear);
        }
        Ok(standing)
    }

    fn confirmed(&self) -> Confirmation {
        Confirmation::ReadBack
    }
}
