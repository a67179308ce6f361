use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::receiving;
use crate::args::Global;
use crate::credentials::{appid, missing, read_secret};
use crate::input::Input;
use crate::output::{Ending, GOOD, Report, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr token set-refresh-token --account wx1234567890abcdef < refresh-token
  jumpqr token set-refresh-token --account wx1234567890abcdef --refresh-token-file /run/wechat/refresh-token";

/// Keep the authorizer_refresh_token that a merchant's authorisation of the platform has just brought
///
/// Only a new authorisation needs this: later refresh tokens are kept as they come, and one that the store lacks is looked for in
/// WeChat's list of the platform's merchants. --account names the merchant. Nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SetRefreshToken {
    /// Read the refresh token from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(super) refresh_token_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl SetRefreshToken {
    pub(super) fn run(&self, global: &Global) -> Ending {
        let platform = receiving(global, "token set-refresh-token", &self.arguments)?;
        let appid = appid(global)?.ok_or_else(|| {
            missing("there is no merchant: --account and JUMPQR_APPID are not set")
        })?;
        let refresh_token = read_secret(&self.refresh_token_file)?;
        platform.set_authorizer_refresh_token(&appid, refresh_token)?;
        Ok(Box::new(Kept {
            component_appid: platform.component_appid().to_owned(),
            appid,
            store: platform.store_name(),
        }))
    }
}

struct Kept {
    component_appid: String,
    appid: String,
    store: String,
}

impl Report for Kept {
    fn command(&self) -> &'static str {
        "token set-refresh-token"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let merchant = printable(&self.appid);
        let platform = printable(&self.component_appid);
        let store = printable(&self.store);
        writeln!(
            out,
            "{GOOD}Kept{GOOD:#} the authorizer_refresh_token of {merchant}, for {platform}, in {store}."
        )
    }

    fn json(&self) -> Value {
        json!({"component_appid": self.component_appid, "appid": self.appid, "store": self.store})
    }
}
