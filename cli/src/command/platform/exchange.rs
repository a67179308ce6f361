use std::ffi::OsString;

use clap::Args;
use serde_json::json;

use super::name_sets;
use crate::context::Context;
use crate::credentials::read_secret;
use crate::input::Input;
use crate::output::{CommandResult, GOOD, escape, format_card};

const EXAMPLES: &str = "\
Examples:
  jumpqr platform exchange < auth-code
  jumpqr platform exchange --code-file /run/wechat/auth-code";

/// Exchange a merchant's authorization_code, and store its refresh token (api_query_auth)
///
/// Give the decoded `auth_code` of the page to which WeChat sends the merchant back. It works once.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Exchange {
    /// Read the code from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    code_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl Exchange {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        context.refuse_secrets(&self.arguments)?;
        let (platform, _) = context.platform()?;
        let merchant = platform.exchange(read_secret(&self.code_file)?)?;
        let refresh_token = if merchant.has_refresh_token {
            "stored"
        } else {
            "none: WeChat gives none to an account that may call nothing"
        };
        let card = format_card(&[
            ("store", Some(escape(&platform.store_name()))),
            ("refresh token", Some(refresh_token.to_owned())),
            (
                "permission sets",
                merchant.func_info.as_deref().map(name_sets),
            ),
        ]);
        let appid = escape(&merchant.authorizer_appid);
        let text = format!("{GOOD}Authorised{GOOD:#}: {appid}\n{card}");
        Ok(context.print(json!(merchant), &text))
    }
}
