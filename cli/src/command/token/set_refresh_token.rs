use std::ffi::OsString;

use clap::Args;

use super::{open_platform, print_stored};
use crate::context::{Context, missing_merchant};
use crate::credentials::read_secret;
use crate::input::Input;
use crate::output::CommandResult;

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
        let credential = "authorizer_refresh_token";
        Ok(print_stored(credential, &platform, Some(&appid), context))
    }
}
