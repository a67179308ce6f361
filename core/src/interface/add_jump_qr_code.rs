use alloc::borrow::Cow;
use alloc::string::String;

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
use crate::json::ObjectWriter;
use crate::mapping::{Reading, read_rule};
use crate::request::Request;
use crate::response::Fields;
use crate::rule::{Edit, OrdinaryLinkRule, Rule, RuleState, ServiceAccountRule};

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
    const PATH: &'static str = "/cgi-bin/wxopen/qrcodejumpadd";

    fn request(&self) -> Result<Request> {
        let json = write_body(&self.rule, self.is_edit);
        Ok(Request::post_json(Self::PATH, json))
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

/// Returns the JSON to which [`AddJumpQRCode`] serialises. Writing it field by field takes less
/// than half of the instructions, and nearly every call is one of these.
fn write_body(rule: &Rule, is_edit: Edit) -> String {
    let mut body = ObjectWriter::new();
    match rule {
        Rule::OrdinaryLink(OrdinaryLinkRule {
            prefix,
            permit_sub_rule,
            path,
            open_version,
            debug_url,
        }) => {
            body.text("prefix", prefix);
            body.number("permit_sub_rule", permit_sub_rule.number());
            body.text("path", path);
            body.number("open_version", open_version.number());
            if let Some(links) = debug_url {
                body.texts("debug_url", links);
            }
        }
        Rule::ServiceAccount(ServiceAccountRule {
            prefix,
            appid,
            path,
        }) => {
            body.text("prefix", prefix);
            body.text("appid", appid);
            body.text("path", path);
        }
    }
    body.number("is_edit", is_edit.number());
    body.finish()
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
