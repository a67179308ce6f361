use std::time::{Duration, UNIX_EPOCH};

use clap::Args;
use humantime::format_rfc3339_seconds;
use jumpqr::errcode::find_rids;
use jumpqr::interface::{GetRidInfo, RidInfo};
use jumpqr::{ErrCode, Error};
use serde_json::{Value, json};

use super::errcode;
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{CommandResult, HEADING, escape, format_card};

/// The last second that has a date of four-digit years.
const LAST_SECOND: u64 = 253_402_300_799;

const EXAMPLES: &str = "\
Examples:
  jumpqr rid 634bfc67-005fc671-503d9355
  jumpqr rid 'illegal prefix rid: 634bfc67-005fc671-503d9355'
  jumpqr --json rid 634bfc67-005fc671-503d9355";

/// Show what WeChat received and answered in a call that it refused, and what to do (getRidInfo)
///
/// The errmsg of a refusal ends with a request id, `rid: …`. WeChat keeps the call for 7 days, and
/// shows it only to the account that made it. Tokens and secrets are struck out.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rid {
    /// The request id, or a text with it, such as the whole errmsg
    #[arg(value_name = "RID", required = true)]
    text: Vec<String>,
}

impl Rid {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let text = self.text.join(" ");
        let rid = find_rid(&text, context)?;
        let connection = Connection::open(context, ActingAs::MiniProgram)?;
        let call = GetRidInfo { rid: rid.into() };
        let info = connection.client.call(call)?;
        let refusal = info.error();
        let members = json!({
            "rid": rid,
            "request": info,
            "refusal": refusal.as_ref().map(list_members),
        });
        let explanation = match &refusal {
            Some(error) => explain(error),
            None if info.response_body.is_none() => "WeChat has kept no response.".to_owned(),
            None => "The response does not refuse the call.".to_owned(),
        };
        let text = format!("{}\n\n{explanation}", format_call(rid, &info));
        Ok(context.print(members, &text))
    }
}

/// Returns the only request id in a text.
fn find_rid<'a>(text: &'a str, context: &Context<'_>) -> Result<&'a str, CommandError> {
    match *find_rids(text) {
        [rid] => Ok(rid),
        [] => Err(context.usage(format!(
            "there is no request id in `{text}`: it has three groups of 8 hex digits, such as \
             634bfc67-005fc671-503d9355"
        ))),
        [first, second, ..] => Err(context.usage(format!(
            "there are several request ids, such as {first} and {second}: give one"
        ))),
    }
}

fn format_call(rid: &str, info: &RidInfo) -> String {
    let kept = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let card = format_card(&[
        ("called at", info.invoke_time.and_then(format_time)),
        ("took", info.cost_in_ms.map(|cost| format!("{cost} ms"))),
        ("from", kept(&info.client_ip)),
        ("query", kept(&info.request_url)),
        ("request", kept(&info.request_body)),
        ("response", kept(&info.response_body)),
    ]);
    format!("{HEADING}The call {rid}{HEADING:#}\n{card}")
}

/// Formats seconds since the UNIX epoch. Returns `None` if no calendar has them.
fn format_time(seconds: u64) -> Option<String> {
    let seconds = Some(seconds).filter(|seconds| *seconds <= LAST_SECOND)?;
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    Some(format_rfc3339_seconds(time).to_string())
}

/// Explains a refusal as `jumpqr errcode` does. The advice is about the request, if it is a rule.
fn explain(error: &Error) -> String {
    let advice = escape(error.advice());
    match error.errcode().and_then(ErrCode::lookup) {
        Some(code) => errcode::format_one(code, &advice),
        None => format!(
            "{}\n{HEADING}What to do:{HEADING:#} {advice}",
            escape(error.message())
        ),
    }
}

fn list_members(error: &Error) -> Value {
    json!({
        "errcode": error.errcode(),
        "errmsg": error.errmsg(),
        "code": error.code().name(),
        "kind": error.kind(),
        "message": error.message(),
        "advice": error.advice(),
    })
}
