use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use humantime::format_duration;
use jumpqr::ErrCode;
use jumpqr::interface::{ApiComponentToken, Interface};
use jumpqr::token::{RefusedToken, TokenState, TokenStatus};
use serde_json::{Value, json};

use crate::args::Global;
use crate::connection::{Caller, Connection, Speaker};
use crate::failure::Failure;
use crate::output::{Ending, HEADING, Report, card, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr token status
  jumpqr token status --token-store dir:/var/lib/jumpqr
  jumpqr --json token status";

/// Show which tokens are kept, how old they are and when they expire, but not the tokens
///
/// For a platform's merchant, the platform's own token comes second. Nothing is sent: a token that WeChat has ended before its time
/// counts as valid here until a call has found it out. With --json, ages and lives are in seconds.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Status;

pub(super) fn run(global: &Global) -> Ending {
    Ok(Box::new(Shown {
        tokens: tokens(global)?,
    }))
}

/// The tokens with which calls would be made, the caller's own first; none where one is given as it is.
fn tokens(global: &Global) -> Result<Vec<TokenStatus>, Failure> {
    if global.sandbox {
        let connection = Connection::open(global, Caller::MiniProgram)?;
        return Ok(connection.client.token_status()?.into_iter().collect());
    }
    let (client, platform) = match Speaker::open(global)? {
        Speaker::Account(client) => (Some(client), None),
        Speaker::Platform { platform, merchant } => (merchant, Some(platform)),
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

struct Shown {
    tokens: Vec<TokenStatus>,
}

impl Report for Shown {
    fn command(&self) -> &'static str {
        "token status"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.tokens.is_empty() {
            return writeln!(
                out,
                "The access token is given as it is: none is fetched, and none is kept."
            );
        }
        for (index, token) in self.tokens.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let appid = printable(&token.appid);
            writeln!(out, "{HEADING}The token of {appid}{HEADING:#}")?;
            writeln!(out, "{}", card(&rows(token)))?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        json!({"tokens": self.tokens})
    }
}

fn rows(token: &TokenStatus) -> Vec<(&'static str, Option<String>)> {
    let state = match token.state {
        TokenState::Missing => "missing; the next call fetches one",
        TokenState::Valid => "valid",
        TokenState::Expired => "expired; the next call fetches another",
    };
    let refresh_token = token.has_refresh_token.map(|has| {
        let text = if has {
            "there"
        } else {
            "missing; WeChat's list of merchants is asked for it"
        };
        text.to_owned()
    });
    let is_platform = token.interface == ApiComponentToken::NAME;
    let ticket = is_platform.then(|| match token.verify_ticket_age {
        Some(age) => format!("came {} ago", rounded(age)),
        None => "missing; see `jumpqr token set-verify-ticket`".to_owned(),
    });
    vec![
        ("store", Some(token.store.clone())),
        ("interface", Some(token.interface.to_owned())),
        ("state", Some(state.to_owned())),
        ("age", token.age.map(rounded)),
        (
            "expires in",
            token.expires_in.filter(|left| !left.is_zero()).map(rounded),
        ),
        ("refresh token", refresh_token),
        ("verify ticket", ticket),
        ("refused", token.refused.map(refusal)),
    ]
}

fn refusal(refused: RefusedToken) -> String {
    let what = match refused.errcode {
        Some(errcode) => {
            let name = ErrCode::lookup(errcode).map_or("not documented", |code| code.name);
            format!("errcode {errcode} ({name})")
        }
        None => "WeChat's list of merchants does not have this one".to_owned(),
    };
    format!("{what}; not tried again for {}", rounded(refused.again_in))
}

/// In whole seconds, cut off.
fn rounded(duration: Duration) -> String {
    format_duration(Duration::from_secs(duration.as_secs())).to_string()
}
