use alloc::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::by_name::FromMapping;
use super::write::Write;
use super::{
    Applied, Change, Confirmation, Decode, GetJumpQRCode, Interface, JumpQRCodeList, advice,
};
use crate::check::CheckReport;
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::{Reading, read_rule};
use crate::request::Request;
use crate::response::Fields;
use crate::rule::{Edit, Rule, RuleState};

/// `addJumpQRCode`: adds or modifies a rule.
///
/// In ordinary-link mode, place the [verification file](crate::verification_file) first. A
/// published rule cannot be modified in service-account mode. In ordinary-link mode, only its
/// `open_version`, `permit_sub_rule` and `debug_url` can be modified (else 40097).
/// Source: the official page of addJumpQRCode.
///
/// It serialises to the body of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddJumpQRCode {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// Whether to add or to modify it.
    pub is_edit: Edit,
}

impl Interface for AddJumpQRCode {
    type Response = Confirmation;

    const NAME: &'static str = "addJumpQRCode";

    fn request(&self) -> Result<Request> {
        Request::post("/cgi-bin/wxopen/qrcodejumpadd", self)
    }

    fn check(&self) -> CheckReport {
        self.rule.check()
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        advice::on_add(&self.rule, self.is_edit, code).map(Cow::Owned)
    }

    fn change(&self) -> Option<Change<'_, Confirmation>> {
        Some(Change::new(self))
    }
}

impl Write for AddJumpQRCode {
    fn read_back(&self) -> Result<Request> {
        GetJumpQRCode::for_rule(&self.rule.key()).request()
    }

    fn check_applied(&self, response: &Fields<'_>) -> Result<Applied> {
        let list = JumpQRCodeList::decode(response)?.decisive()?;
        let Some(listed) = list.find(self.rule.prefix()) else {
            return Ok(Applied::No);
        };
        // If the list leaves a field out, a rule that was just added still counts as applied. Of a
        // modification, it stays unclear.
        let if_left_out = match self.is_edit {
            Edit::Add => Applied::Yes,
            Edit::Modify => Applied::Unclear,
        };
        let mut applied = Applied::Yes;
        for is_same in listed.compare(&self.rule) {
            match is_same {
                Some(true) => {}
                Some(false) => return Ok(Applied::No),
                None => applied = if_left_out,
            }
        }
        // A new rule is not published. A published one existed before, and adding it is refused
        // with 85071.
        if self.is_edit == Edit::Add && listed.state == Some(RuleState::Published) {
            return Ok(Applied::Unclear);
        }
        Ok(applied)
    }
}

impl FromMapping for AddJumpQRCode {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        read_rule(arguments).map(|mapping| Self {
            rule: mapping.rule,
            is_edit: mapping.is_edit.unwrap_or(Edit::Add),
        })
    }
}
