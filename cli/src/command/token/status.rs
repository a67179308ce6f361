use std::time::Duration;

use clap::Args;
use humantime::format_duration;
use jumpqr::ErrCode;
use jumpqr::interface::{ApiComponentToken, Interface};
use jumpqr::tokens::{TokenState, TokenStatus};
use serde_json::json;

use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::{Context, Identity};
use crate::output::{CommandResult, HEADING, WARNING, escape, format_card};

const EXAMPLES: &str = "\
Examples:
  jumpqr token status
  jumpqr token status --token-store dir:/var/lib/jumpqr
  jumpqr --json token status";

/// Show the age and expiry of the stored tokens, but not the tokens themselves
///
/// For a platform's merchant, the merchant's token comes first, then the platform's own. Nothing is
/// sent. If WeChat has revoked a token early, it is shown as valid until a call finds out. With
/// --json, times are in seconds.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Status;

/// Prints the status of each token that a call would use, the account's own first. A fixed access
/// token has no status.
pub(super) fn run(context: &Context<'_>) -> CommandResult {
    let mut tokens = Vec::new();
    if context.uses_sandbox() {
        let connection = Connection::open(context, ActingAs::MiniProgram)?;
        tokens.extend(connection.client.token_status()?);
    } else {
        let identity = context.identity()?;
        if let Some(client) = identity.client()? {
            tokens.extend(client.token_status()?);
        }
        if let Identity::Platform { platform, .. } = identity {
            tokens.push(platform.token_status()?);
        }
    }
    let text = match &*tokens {
        [] => "The access token is given, not fetched. Nothing is stored.".to_owned(),
        tokens => tokens
            .iter()
            .map(format_status)
            .collect::<Vec<_>>()
            .join("\n\n"),
    };
    Ok(context.print(json!({"tokens": tokens}), &text))
}

fn format_status(token: &TokenStatus) -> String {
    let state = match token.state {
        TokenState::Missing => "missing; the next call fetches one",
        TokenState::Valid => "valid",
        TokenState::Expired => "expired; the next call fetches another",
        TokenState::Unauthorized => {
            "unauthorized: the merchant has ended the authorisation of the platform; the next call \
             fails with merchant_unauthorized, and WeChat is not asked"
        }
    };
    let refresh_token = token.has_refresh_token.map(|has| match token.state {
        _ if has => "stored".to_owned(),
        TokenState::Unauthorized => "removed".to_owned(),
        _ => "missing; the next call looks for it in WeChat's list of merchants".to_owned(),
    });
    let is_platform = token.interface == ApiComponentToken::NAME;
    let ticket = is_platform.then(|| match token.verify_ticket_age {
        Some(age) if token.is_verify_ticket_late() => format!(
            "{WARNING}late{WARNING:#}: received {} ago, but WeChat pushes one every 10 minutes. \
             See that the address on the console answers `success` within 5 seconds, then run \
             `jumpqr token push-ticket`",
            format_seconds(age)
        ),
        Some(age) => format!("received {} ago", format_seconds(age)),
        None => {
            "missing; `jumpqr push handle` stores the ticket of the next push. If no push comes, \
                 run `jumpqr token push-ticket`"
                .to_owned()
        }
    });
    let expires_in = token.expires_in.filter(|left| !left.is_zero());
    let refused = token.refused_for;
    let card = format_card(&[
        ("store", Some(token.store.clone())),
        ("interface", Some(token.interface.to_owned())),
        ("state", Some(state.to_owned())),
        ("age", token.age.map(format_seconds)),
        ("expires in", expires_in.map(format_seconds)),
        ("refresh token", refresh_token),
        ("verify ticket", ticket),
        ("refused", refused.map(|left| describe_refusal(token, left))),
    ]);
    let appid = escape(&token.appid);
    format!("{HEADING}The token of {appid}{HEADING:#}\n{card}")
}

fn describe_refusal(token: &TokenStatus, left: Duration) -> String {
    let reason = match token.refused_errcode {
        Some(errcode) => {
            let name = ErrCode::lookup(errcode).map_or("not documented", |code| code.name);
            format!("errcode {errcode} ({name})")
        }
        None => "the merchant is not in WeChat's list".to_owned(),
    };
    format!("{reason}; not tried again for {}", format_seconds(left))
}

/// Formats a duration in whole seconds, rounded down.
fn format_seconds(duration: Duration) -> String {
    format_duration(Duration::from_secs(duration.as_secs())).to_string()
}
