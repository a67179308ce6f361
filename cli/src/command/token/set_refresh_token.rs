use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::open_platform;
use crate::args::Options;
use crate::credentials::{missing_credentials, read_account_appid, read_secret};
use crate::input::Input;
use crate::output::{CommandResult, GOOD, Report, escape};

const EXAMPLES: &str = "\
Examples:
  jumpqr token set-refresh-token --account wx1234567890abcdef < refresh-token
  jumpqr token set-refresh-token --account wx1234567890abcdef \\
      --refresh-token-file /run/wechat/refresh-token";

/// Store the authorizer_refresh_token of a merchant that has just authorised the platform
///
/// Only a new authorisation needs this. Later refresh tokens are stored automatically. If one is
/// missing, it is fetched from WeChat's list of the platform's merchants. --account names the
/// merchant. Nothing is sent.
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
    pub(super) fn run(&self, options: &Options) -> CommandResult {
        let platform = open_platform(options, "token set-refresh-token", &self.arguments)?;
        let appid = read_account_appid(options)?.ok_or_else(|| {
            missing_credentials("there is no merchant: --account and JUMPQR_APPID are not set")
        })?;
        let refresh_token = read_secret(&self.refresh_token_file)?;
        platform.set_authorizer_refresh_token(&appid, refresh_token)?;
        Ok(Box::new(SetRefreshTokenReport {
            component_appid: platform.component_appid().to_owned(),
            appid,
            store: platform.store_name(),
        }))
    }
}

struct SetRefreshTokenReport {
    component_appid: String,
    appid: String,
    store: String,
}

impl Report for SetRefreshTokenReport {
    fn command(&self) -> &'static str {
        "token set-refresh-token"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let merchant = escape(&self.appid);
        let platform = escape(&self.component_appid);
        let store = escape(&self.store);
        writeln!(
            out,
            "{GOOD}Stored{GOOD:#} the authorizer_refresh_token of {merchant}, for {platform}, in \
             {store}."
        )
    }

    fn json(&self) -> Value {
        json!({"component_appid": self.component_appid, "appid": self.appid, "store": self.store})
    }
}
