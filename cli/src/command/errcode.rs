use std::io::{self, Write};

use clap::Args;
use jumpqr::error::OwnCode;
use jumpqr::{ErrCode, Error};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Ending, HEADING, Report, card, list};

const EXAMPLES: &str = "\
Examples:
  jumpqr errcode 85066
  jumpqr errcode illegal_prefix
  jumpqr errcode";

/// Say what an error code of WeChat's means and what to do; without one, list all; offline
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Lookup {
    /// The number in `errcode`, or its name here [example: 85066]
    #[arg(value_name = "CODE", allow_negative_numbers = true)]
    code: Option<String>,
}

impl Lookup {
    pub(crate) fn run(&self) -> Ending {
        let Some(code) = &self.code else {
            return Ok(Box::new(Table));
        };
        if let Some(named) = ErrCode::all().iter().find(|known| known.name == code) {
            return Ok(Box::new(Entry(named)));
        }
        let Ok(number) = code.parse() else {
            return Err(Failure::usage(
                Some("errcode"),
                format!(
                    "`{code}` is neither the number of an error code, such as 85066, nor the name of one, such as illegal_prefix"
                ),
            ));
        };
        match ErrCode::lookup(number) {
            Some(code) => Ok(Box::new(Entry(code))),
            None => Err(Error::new(
                OwnCode::InvalidRequest,
                format!("{number} is not among the error codes of this interface family"),
            )
            .with_advice(
                "Look the number up in WeChat's documentation; `jumpqr errcode` lists the ones known here.",
            )
            .into()),
        }
    }
}

struct Entry(&'static ErrCode);

impl Report for Entry {
    fn command(&self) -> &'static str {
        "errcode"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self(code) = self;
        writeln!(out, "{HEADING}{} {}{HEADING:#}", code.number, code.name)?;
        let errmsg = Some(code.errmsg).filter(|errmsg| !errmsg.is_empty());
        let wait = code.reaction.wait().as_secs();
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
        writeln!(out, "{}", card(&rows))?;
        writeln!(out)?;
        writeln!(out, "{}", code.meaning)?;
        writeln!(out, "{HEADING}What to do:{HEADING:#} {}", code.advice)
    }

    fn json(&self) -> Value {
        json!({"errcode": self.0})
    }
}

struct Table;

impl Report for Table {
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
            list(&["errcode", "name", "kind", "meaning"], rows)
        )
    }

    fn json(&self) -> Value {
        json!({"errcodes": ErrCode::all()})
    }
}
