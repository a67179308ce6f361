use alloc::string::String;

use serde::Serialize;
use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::redaction::redact;
use super::{AddJumpQRCode, Decode, Interface, missing_field};
use crate::check::{CheckReport, check_rid};
use crate::errcode::ErrCode;
use crate::error::{Error, Result};
use crate::mapping::{Reading, parse_rule};
use crate::request::Request;
use crate::response::Fields;
use crate::rule::Edit;

/// `getRidInfo`: returns the request and the response that WeChat keeps under a request id.
///
/// An error has the id, see [`Error::rid`](crate::Error::rid). WeChat keeps it for 7 days, for the
/// account that made the call. Source: the official page of getRidInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetRidInfo {
    /// The request id: three groups of 8 hex digits.
    pub rid: String,
}

/// The response of `getRidInfo`. WeChat returns the texts with the tokens and secrets that were
/// sent. Stars stand in their place here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RidInfo {
    /// When the call was made, in seconds since the UNIX epoch.
    pub invoke_time: Option<u64>,
    /// How long WeChat worked on it, in milliseconds.
    pub cost_in_ms: Option<u64>,
    /// The query of the URL.
    pub request_url: Option<String>,
    /// The body of the request.
    pub request_body: Option<String>,
    /// The body of the response.
    pub response_body: Option<String>,
    /// The IP address that the call came from.
    pub client_ip: Option<String>,
}

impl RidInfo {
    /// Returns the error that WeChat answered with, and what to do about it. `None` if the response
    /// is not kept, or does not refuse the call.
    ///
    /// The request is known without its interface. If its body is a rule, the advice is that of
    /// addJumpQRCode about this rule.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        let response = parse(self.response_body.as_deref()?)?;
        let errcode = response
            .get("errcode")?
            .as_i64()
            .filter(|code| *code != 0)?;
        let errmsg = response.get("errmsg").and_then(Value::as_str);
        let error = Error::from_answer(errcode, errmsg.unwrap_or_default());
        let rule = self.request_body.as_deref().and_then(parse);
        let Some(rule) = rule.and_then(|rule| parse_rule(&rule).ok()) else {
            return Some(error);
        };
        let call = AddJumpQRCode {
            rule: rule.rule,
            is_edit: rule.is_edit.unwrap_or(Edit::Add),
        };
        let advice = ErrCode::lookup(errcode).and_then(|code| call.advise(code));
        Some(match advice {
            Some(advice) => error.with_advice(advice),
            None => error,
        })
    }
}

fn parse(json: &str) -> Option<Value> {
    serde_json::from_str(json).ok()
}

impl Interface for GetRidInfo {
    type Response = RidInfo;

    const NAME: &'static str = "getRidInfo";
    const PATH: &'static str = "/cgi-bin/openapi/rid/get";

    fn request(&self) -> Result<Request> {
        let body = json!({ "rid": self.rid });
        Request::post(Self::PATH, &body)
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        check_rid(&mut report, &self.rid);
        report
    }
}

impl Decode for RidInfo {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        let request = response.object("request");
        let request = request.ok_or_else(|| missing_field("request"))?;
        let redacted = |field| request.raw_text(field).map(redact);
        Ok(Self {
            invoke_time: request.count("invoke_time"),
            cost_in_ms: request.count("cost_in_ms"),
            request_url: redacted("request_url"),
            request_body: redacted("request_body"),
            response_body: redacted("response_body"),
            client_ip: redacted("client_ip"),
        })
    }
}

impl FromMapping for GetRidInfo {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &["rid"], |reader| {
            let what = "the rid of an error: three groups of 8 hex digits";
            let rid = reader.require_text("rid", what);
            Some(Self { rid: rid? })
        })
    }
}
