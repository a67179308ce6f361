use clap::Args;
use jumpqr::error::OwnCode;
use jumpqr::{ErrCode, Error};
use serde::Serialize;

use crate::context::Context;
use crate::output::{CommandResult, HEADING, Report, format_card, format_table};

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
            return Ok(context.print(&ErrcodeTable { errcodes }));
        };
        if let Some(errcode) = ErrCode::all().iter().find(|known| known.name == code) {
            return Ok(context.print(&ErrcodeEntry { errcode }));
        }
        let Ok(number) = code.parse() else {
            return Err(context.usage(format!(
                "`{code}` is neither an error number such as 85066 nor a name such as \
                 illegal_prefix"
            )));
        };
        let errcode = ErrCode::lookup(number).ok_or_else(|| {
            let message = format!("{number} is not in the list of error codes");
            Error::new(OwnCode::InvalidRequest, message).with_advice(
                "Look the number up in WeChat's documentation. `jumpqr errcode` lists the known \
                 codes.",
            )
        })?;
        Ok(context.print(&ErrcodeEntry { errcode }))
    }
}

#[derive(Serialize)]
struct ErrcodeEntry {
    errcode: &'static ErrCode,
}

impl Report for ErrcodeEntry {
    fn text(&self) -> String {
        let code = self.errcode;
        let errmsg = Some(code.errmsg).filter(|errmsg| !errmsg.is_empty());
        let wait = code.wait.as_secs();
        let reaction = match wait {
            0 => code.reaction.name().to_owned(),
            _ => format!("{} (at least {wait} s)", code.reaction.name()),
        };
        let card = format_card(&[
            ("errmsg", errmsg.map(str::to_owned)),
            ("kind", Some(code.kind.name().to_owned())),
            ("reaction", Some(reaction)),
            ("retryable", Some(code.retryable.to_string())),
        ]);
        format!(
            "{HEADING}{} {}{HEADING:#}\n{card}\n\n{}\n{HEADING}What to do:{HEADING:#} {}",
            code.number, code.name, code.meaning, code.advice
        )
    }
}

#[derive(Serialize)]
struct ErrcodeTable {
    errcodes: &'static [ErrCode],
}

impl Report for ErrcodeTable {
    fn text(&self) -> String {
        let rows = self.errcodes.iter().map(|code| {
            let number = code.number.to_string();
            let texts = [code.name, code.kind.name(), code.meaning].map(str::to_owned);
            [vec![number], texts.to_vec()].concat()
        });
        format_table(&["errcode", "name", "kind", "meaning"], rows)
    }
}
