use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::open_platform;
use crate::args::Options;
use crate::credentials::read_secret;
use crate::input::Input;
use crate::output::{CommandResult, GOOD, Report, escape};

const EXAMPLES: &str = "\
Examples:
  jumpqr token set-verify-ticket < ticket
  jumpqr token set-verify-ticket --ticket-file /run/wechat/ticket";

/// Store the component_verify_ticket that WeChat has just pushed to the platform
///
/// WeChat pushes a ticket every 10 minutes. Each is valid for 12 hours. Without one, the platform
/// gets no token. Give the decrypted ComponentVerifyTicket, which begins with `ticket@@@`. The
/// ciphertext of Encrypt is refused. Nothing is sent.
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
    pub(super) fn run(&self, options: &Options) -> CommandResult {
        let platform = open_platform(options, "token set-verify-ticket", &self.arguments)?;
        platform.set_verify_ticket(read_secret(&self.ticket_file)?)?;
        Ok(Box::new(SetVerifyTicketReport {
            component_appid: platform.component_appid().to_owned(),
            store: platform.store_name(),
        }))
    }
}

struct SetVerifyTicketReport {
    component_appid: String,
    store: String,
}

impl Report for SetVerifyTicketReport {
    fn command(&self) -> &'static str {
        "token set-verify-ticket"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let appid = escape(&self.component_appid);
        let store = escape(&self.store);
        writeln!(
            out,
            "{GOOD}Stored{GOOD:#} the component_verify_ticket of {appid} in {store}."
        )
    }

    fn json(&self) -> Value {
        json!({"component_appid": self.component_appid, "store": self.store})
    }
}
