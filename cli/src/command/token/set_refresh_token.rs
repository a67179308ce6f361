use std::ffi::OsString;

use clap::Args;
use serde::Serialize;

use super::open_platform;
use crate::context::{Context, missing_merchant};
use crate::credentials::read_secret;
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
    refresh_token_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl SetRefreshToken {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, appid) = open_platform(context, &self.arguments)?;
        let appid = appid.ok_or_else(missing_merchant)?;
        let refresh_token = read_secret(&self.refresh_token_file)?;
        platform.set_authorizer_refresh_token(&appid, refresh_token)?;
        Ok(context.print(&SetRefreshTokenReport {
            component_appid: platform.component_appid(),
            appid,
            store: platform.store_name(),
        }))
    }
}

#[derive(Serialize)]
struct SetRefreshTokenReport<'a> {
    component_appid: &'a str,
    appid: String,
    store: String,
}

impl Report for SetRefreshTokenReport<'_> {
    fn text(&self) -> String {
        let merchant = escape(&self.appid);
        let platform = escape(self.component_appid);
        let store = escape(&self.store);
        format!(
            "{GOOD}Stored{GOOD:#} the authorizer_refresh_token of {merchant}, for {platform}, in \
             {store}."
        )
    }
}
