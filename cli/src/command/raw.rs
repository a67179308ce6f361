use std::io;

use clap::Args;
use jumpqr::interface::RawCall;
use serde_json::{Value, json};

use super::check_call;
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::input::Input;
use crate::output::{CommandResult, format_json};

/// The longest body that is read.
const MAX_BODY_BYTES: usize = 4 << 20;

const EXAMPLES: &str = "\
Examples:
  jumpqr raw /cgi-bin/getcallbackip --repeatable
  jumpqr raw /wxa/getvisitstatus --body-file - < request.json
  jumpqr raw /cgi-bin/component/get_authorizer_option --platform --body-file request.json";

/// Call any interface of WeChat's, also one that jumpqr does not have, and print its JSON
///
/// The token is added. Interfaces that issue tokens are refused. If a response is lost, WeChat may
/// have done what the call asks: the exit code is 5, and the outcome is unknown. The response may
/// contain secrets.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Raw {
    /// The path of the interface, without host and query [example: /cgi-bin/getcallbackip]
    #[arg(value_name = "PATH")]
    path: String,

    /// A field of the query, not percent-encoded; may be repeated
    ///
    /// Every user of this machine can read it: do not put a secret here.
    #[arg(long, value_name = "NAME=VALUE")]
    query: Vec<String>,

    /// Send the JSON in this file as a POST; `-` is standard input. Without it, the call is a GET
    #[arg(long, value_name = "FILE")]
    body_file: Option<Input>,

    /// Allow that the call is sent again after a lost response, because a second time does no harm
    #[arg(long)]
    repeatable: bool,

    /// Call with the platform's own token, not with the one of --account
    #[arg(long)]
    platform: bool,
}

impl Raw {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let call = self.read_call(context)?;
        check_call(&call, true)?;
        let json = if self.platform {
            if context.uses_sandbox() {
                return Err(context.usage(
                    "--sandbox has no ticket for --platform: run `jumpqr sandbox`, and name its \
                     URL with --base-url",
                ));
            }
            let (platform, _) = context.platform()?;
            platform.call_raw(call)?
        } else {
            let connection = Connection::open(context, ActingAs::MiniProgram)?;
            connection.client.call_raw(call)?
        };
        let answer: Value = serde_json::from_str(&json).unwrap_or_default();
        let members = json!({"path": self.path, "answer": answer});
        Ok(context.print(members, &format_json(&json)))
    }

    fn read_call(&self, context: &Context<'_>) -> Result<RawCall, CommandError> {
        let mut call = match &self.body_file {
            None => RawCall::get(self.path.as_str()),
            Some(file) => RawCall::post(self.path.as_str(), read_body(file, context)?),
        };
        for (index, field) in self.query.iter().enumerate() {
            let Some((name, value)) = field.split_once('=') else {
                let number = index + 1;
                let message = format!("--query number {number} has no `=`: give NAME=VALUE");
                return Err(context.usage(message));
            };
            call = call.query(name, value);
        }
        Ok(if self.repeatable {
            call.repeatable()
        } else {
            call
        })
    }
}

fn read_body(file: &Input, context: &Context<'_>) -> Result<String, CommandError> {
    let bytes = file.read(MAX_BODY_BYTES)?;
    if bytes.len() > MAX_BODY_BYTES {
        let message = format!("{file} has more than {MAX_BODY_BYTES} bytes, too many for a body");
        return Err(context.usage(message));
    }
    String::from_utf8(bytes).map_err(|_| {
        let error = io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8");
        CommandError::unreadable(file, &error)
    })
}
