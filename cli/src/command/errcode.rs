use std::io::{self, Write};

use clap::Args;
use jumpqr::error::OwnCode;
use jumpqr::{ErrCode, Error};
use serde_json::{Value, json};

use crate::error::CommandError;
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
    pub(crate) fn run(&self) -> CommandResult {
        let Some(code) = &self.code else {
            return Ok(Box::new(ErrcodeTable));
        };
        if let Some(named) = ErrCode::all().iter().find(|known| known.name == code) {
            return Ok(Box::new(ErrcodeEntry(named)));
        }
        let Ok(number) = code.parse() else {
            return Err(CommandError::usage(
                Some("errcode"),
                format!(
                    "`{code}` is neither an error number such as 85066 nor a name such as \
                     illegal_prefix"
                ),
            ));
        };
        match ErrCode::lookup(number) {
            Some(code) => Ok(Box::new(ErrcodeEntry(code))),
            None => Err(Error::new(
                OwnCode::InvalidRequest,
                format!("{number} is not in the list of error codes"),
            )
            .with_advice(
                "Look the number up in WeChat's documentation. `jumpqr errcode` lists the known \
                 codes.",
            )
            .into()),
        }
    }
}

struct ErrcodeEntry(&'static ErrCode);

impl Report for ErrcodeEntry {
    fn command(&self) -> &'static str {
        "errcode"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self(code) = self;
        writeln!(out, "{HEADING}{} {}{HEADING:#}", code.number, code.name)?;
        let errmsg = Some(code.errmsg).filter(|errmsg| !errmsg.is_empty());
        let wait = code.wait.as_secs();
        let reaction = match wait {
            0 => code.reaction.name().to_owned(),
            _ => format!("{} (at least {wait} s)", code.reaction.name()),
        };
        let rows = [
            ("errmsg", errmsg.map(str::to_owned)),
            ("kind", Some(code.kind.name().to_owned())),
            ("reaction", Some(reaction)),
            ("retryable", Some(code.reaction.is_transient().to_string())),
        ];
        writeln!(out, "{}", format_card(&rows))?;
        writeln!(out)?;
        writeln!(out, "{}", code.meaning)?;
        writeln!(out, "{HEADING}What to do:{HEADING:#} {}", code.advice)
    }

    fn json(&self) -> Value {
        json!({"errcode": self.0})
    }
}

struct ErrcodeTable;

impl Report for ErrcodeTable {
    fn command(&self) -> &'static str {
        "errcode"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows = ErrCode::all().iter().map(|code| {
            vec![
                code.number.to_string(),
                code.name.to_owned(),
                code.kind.name().to_owned(),
                code.meaning.to_owned(),
            ]
        });
        writeln!(
            out,
            "{}",
            format_table(&["errcode", "name", "kind", "meaning"], rows)
        )
    }

    fn json(&self) -> Value {
        json!({"errcodes": ErrCode::all()})
    }
}
