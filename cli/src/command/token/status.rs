use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use humantime::format_duration;
use jumpqr::ErrCode;
use jumpqr::interface::{ApiComponentToken, Interface};
use jumpqr::tokens::{RefusedToken, TokenState, TokenStatus};
use serde_json::{Value, json};

use crate::args::Options;
use crate::connection::{ActingAs, Connection, Identity};
use crate::error::CommandError;
use crate::output::{CommandResult, HEADING, Report, escape, format_card};

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

pub(super) fn run(options: &Options) -> CommandResult {
    Ok(Box::new(TokenStatusReport {
        tokens: read_statuses(options)?,
    }))
}

/// Returns the status of each token that a call would use, the account's own first. A fixed access
/// token has no status.
fn read_statuses(options: &Options) -> Result<Vec<TokenStatus>, CommandError> {
    if options.sandbox {
        let connection = Connection::open(options, ActingAs::MiniProgram)?;
        return Ok(connection.client.token_status()?.into_iter().collect());
    }
    let (client, platform) = match Identity::open(options)? {
        Identity::Account(client) => (Some(client), None),
        Identity::Platform { platform, merchant } => (merchant, Some(platform)),
    };
    let mut tokens = Vec::new();
    if let Some(client) = client {
        tokens.extend(client.token_status()?);
    }
    if let Some(platform) = platform {
        tokens.push(platform.token_status()?);
    }
    Ok(tokens)
}

struct TokenStatusReport {
    tokens: Vec<TokenStatus>,
}

impl Report for TokenStatusReport {
    fn command(&self) -> &'static str {
        "token status"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.tokens.is_empty() {
            return writeln!(
                out,
                "The access token is given, not fetched. Nothing is stored."
            );
        }
        for (index, token) in self.tokens.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let appid = escape(&token.appid);
            writeln!(out, "{HEADING}The token of {appid}{HEADING:#}")?;
            writeln!(out, "{}", format_card(&status_rows(token)))?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        json!({"tokens": self.tokens})
    }
}

fn status_rows(token: &TokenStatus) -> Vec<(&'static str, Option<String>)> {
    let state = match token.state {
        TokenState::Missing => "missing; the next call fetches one",
        TokenState::Valid => "valid",
        TokenState::Expired => "expired; the next call fetches another",
    };
    let refresh_token = token.has_refresh_token.map(|has| {
        let text = if has {
            "stored"
        } else {
            "missing; the next call looks for it in WeChat's list of merchants"
        };
        text.to_owned()
    });
    let is_platform = token.interface == ApiComponentToken::NAME;
    let ticket = is_platform.then(|| match token.verify_ticket_age {
        Some(age) => format!("received {} ago", format_seconds(age)),
        None => "missing; see `jumpqr token set-verify-ticket`".to_owned(),
    });
    vec![
        ("store", Some(token.store.clone())),
        ("interface", Some(token.interface.to_owned())),
        ("state", Some(state.to_owned())),
        ("age", token.age.map(format_seconds)),
        (
            "expires in",
            token
                .expires_in
                .filter(|left| !left.is_zero())
                .map(format_seconds),
        ),
        ("refresh token", refresh_token),
        ("verify ticket", ticket),
        ("refused", token.refused.map(describe_refusal)),
    ]
}

fn describe_refusal(refused: RefusedToken) -> String {
    let reason = match refused.errcode {
        Some(errcode) => {
            let name = ErrCode::lookup(errcode).map_or("not documented", |code| code.name);
            format!("errcode {errcode} ({name})")
        }
        None => "the merchant is not in WeChat's list".to_owned(),
    };
    format!(
        "{reason}; not tried again for {}",
        format_seconds(refused.again_in)
    )
}

/// Formats a duration in whole seconds, rounded down.
fn format_seconds(duration: Duration) -> String {
    format_duration(Duration::from_secs(duration.as_secs())).to_string()
}
