//! Stores the credentials that WeChat gives to a third-party platform: its ticket, and the refresh
//! tokens of its merchants.

use std::ffi::OsString;

use clap::Args;
use jumpqr::Platform;
use serde_json::json;

use crate::context::{Context, missing_merchant};
use crate::credentials::read_secret;
use crate::exit::Exit;
use crate::input::Input;
use crate::output::{CommandResult, GOOD, escape};

const TICKET_EXAMPLES: &str = "\
Examples:
  jumpqr token set-verify-ticket < ticket
  jumpqr token set-verify-ticket --ticket-file /run/wechat/ticket";

/// Store the component_verify_ticket that WeChat has just pushed to the platform
///
/// WeChat pushes a ticket every 10 minutes. Each is valid for 12 hours. Without one, the platform
/// gets no token. Give the decrypted ComponentVerifyTicket, which begins with `ticket@@@`. The
/// ciphertext of Encrypt is refused. Nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = TICKET_EXAMPLES)]
pub(super) struct SetVerifyTicket {
    /// Read the ticket from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    ticket_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl SetVerifyTicket {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        context.refuse_secrets(&self.arguments)?;
        let (platform, _) = context.platform()?;
        platform.set_verify_ticket(read_secret(&self.ticket_file)?)?;
        let credential = "component_verify_ticket";
        Ok(print_stored(credential, &platform, None, context))
    }
}

const REFRESH_TOKEN_EXAMPLES: &str = "\
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
#[command(after_help = REFRESH_TOKEN_EXAMPLES)]
pub(super) struct SetRefreshToken {
    /// Read the refresh token from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    refresh_token_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl SetRefreshToken {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        context.refuse_secrets(&self.arguments)?;
        let (platform, appid) = context.platform()?;
        let appid = appid.ok_or_else(missing_merchant)?;
        let refresh_token = read_secret(&self.refresh_token_file)?;
        platform.set_authorizer_refresh_token(&appid, refresh_token)?;
        let credential = "authorizer_refresh_token";
        Ok(print_stored(credential, &platform, Some(&appid), context))
    }
}

/// Prints that a credential of the platform, or of its merchant `appid`, is stored.
fn print_stored(
    credential: &str,
    platform: &Platform,
    appid: Option<&str>,
    context: &Context<'_>,
) -> Exit {
    let component_appid = platform.component_appid();
    let store = platform.store_name();
    let shown_platform = escape(component_appid);
    let (place, members) = match appid {
        Some(appid) => (
            format!("{}, for {shown_platform},", escape(appid)),
            json!({"component_appid": component_appid, "appid": appid, "store": store}),
        ),
        None => (
            shown_platform,
            json!({"component_appid": component_appid, "store": store}),
        ),
    };
    let store = escape(&store);
    let text = format!("{GOOD}Stored{GOOD:#} the {credential} of {place} in {store}.");
    context.print(members, &text)
}
