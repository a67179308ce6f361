use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::receiving;
use crate::args::Global;
use crate::credentials::read_secret;
use crate::input::Input;
use crate::output::{Ending, GOOD, Report, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr token set-verify-ticket < ticket
  jumpqr token set-verify-ticket --ticket-file /run/wechat/ticket";

/// Keep the component_verify_ticket that WeChat has just pushed to the platform
///
/// WeChat pushes one every 10 minutes, each good for 12 hours; without one, the platform gets no
/// token. Give the decrypted ComponentVerifyTicket, which begins with `ticket@@@`: the ciphertext
/// of Encrypt is refused. Nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SetVerifyTicket {
    /// Read the ticket from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(super) ticket_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl SetVerifyTicket {
    pub(super) fn run(&self, global: &Global) -> Ending {
        let platform = receiving(global, "token set-verify-ticket", &self.arguments)?;
        platform.set_verify_ticket(read_secret(&self.ticket_file)?)?;
        Ok(Box::new(Kept {
            component_appid: platform.component_appid().to_owned(),
            store: platform.store_name(),
        }))
    }
}

struct Kept {
    component_appid: String,
    store: String,
}

impl Report for Kept {
    fn command(&self) -> &'static str {
        "token set-verify-ticket"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let appid = printable(&self.component_appid);
        let store = printable(&self.store);
        writeln!(
            out,
            "{GOOD}Kept{GOOD:#} the component_verify_ticket of {appid} in {store}."
        )
    }

    fn json(&self) -> Value {
        json!({"component_appid": self.component_appid, "store": self.store})
    }
}
