use clap::Args;
use jumpqr::error::OwnCode;
use jumpqr::{ErrCode, Error};
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, ON_EXISTING_RULE, PREFIX_EXISTS};
use crate::output::{CommandResult, HEADING, format_card, format_table};

const EXAMPLES: &str = "\
Examples:
  jumpqr errcode 85066
  jumpqr errcode illegal_prefix
  jumpqr errcode";

/// Explain an error code of WeChat and what to do, or list all codes; offline
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Errcode {
    /// The number in `errcode`, or its name in this list [example: 85066]
    #[arg(value_name = "CODE", allow_negative_numbers = true)]
    code: Option<String>,
}

impl Errcode {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let Some(code) = &self.code else {
            let errcodes = ErrCode::all();
            return Ok(context.print(json!({"errcodes": errcodes}), &format_all(errcodes)));
        };
        let errcode = match ErrCode::all().iter().find(|known| known.name == code) {
            Some(errcode) => errcode,
            None => look_up(code, context)?,
        };
        Ok(context.print(
            json!({"errcode": errcode}),
            &format_one(errcode, errcode.advice),
        ))
    }
}

/// Returns the entry of a number.
fn look_up(number: &str, context: &Context<'_>) -> Result<&'static ErrCode, CommandError> {
    let Ok(number) = number.parse() else {
        return Err(context.usage(format!(
            "`{number}` is neither an error number such as 85066 nor a name such as illegal_prefix"
        )));
    };
    let unknown = || {
        let message = format!("{number} is not in the list of error codes");
        Error::new(OwnCode::InvalidRequest, message).with_advice(
            "Look the number up in WeChat's documentation. `jumpqr errcode` lists the known codes.",
        )
    };
    Ok(ErrCode::lookup(number).ok_or_else(unknown)?)
}

/// The `errcode` of a rule whose verification file WeChat does not find.
const FILE_NOT_FOUND: i64 = 85069;

/// Formats what a code means, and the advice.
pub(super) fn format_one(code: &ErrCode, advice: &str) -> String {
    let errmsg = Some(code.errmsg).filter(|errmsg| !errmsg.is_empty());
    let reaction = match code.wait.as_secs() {
        0 => code.reaction.name().to_owned(),
        wait => format!("{} (at least {wait} s)", code.reaction.name()),
    };
    let card = format_card(&[
        ("errmsg", errmsg.map(str::to_owned)),
        ("kind", Some(code.kind.name().to_owned())),
        ("reaction", Some(reaction)),
        ("retryable", Some(code.retryable.to_string())),
    ]);
    let command = match code.number {
        FILE_NOT_FOUND => "`jumpqr preflight` finds out why WeChat does not find the file.",
        PREFIX_EXISTS => ON_EXISTING_RULE,
        _ => "",
    };
    let what_to_do = format!("{HEADING}What to do:{HEADING:#} {advice} {command}");
    let what_to_do = what_to_do.trim_end();
    format!(
        "{HEADING}{} {}{HEADING:#}\n{card}\n\n{}\n{what_to_do}",
        code.number, code.name, code.meaning
    )
}

fn format_all(codes: &[ErrCode]) -> String {
    let rows = codes.iter().map(|code| {
        let number = code.number.to_string();
        let texts = [&number, code.name, code.kind.name(), code.meaning];
        texts.map(str::to_owned).to_vec()
    });
    format_table(&["errcode", "name", "kind", "meaning"], rows)
}
