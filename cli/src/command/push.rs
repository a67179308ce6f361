//! What WeChat pushes to a third-party platform.

use clap::{Args, Subcommand};
use jumpqr::error::{Code, OwnCode};
use jumpqr::push::{Event, MAX_BODY_BYTES};
use serde_json::json;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::output::{CommandResult, GOOD, escape, format_card};

const EXAMPLES: &str = "\
Examples:
  export JUMPQR_COMPONENT_APPID=wx… JUMPQR_COMPONENT_APPSECRET=…
  export JUMPQR_MESSAGE_TOKEN=… JUMPQR_ENCODING_AES_KEY=…
  jumpqr push handle --query 'signature=…&timestamp=…&nonce=…&msg_signature=…' < body";

/// Receive what WeChat pushes to a third-party platform: tickets and authorisations
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(crate) struct Push {
    #[command(subcommand)]
    command: PushCommand,
}

#[derive(Debug, Subcommand)]
enum PushCommand {
    Handle(Handle),
}

impl Push {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        match &self.command {
            PushCommand::Handle(command) => command.run(context).map_err(separate_settings),
        }
    }
}

/// Makes wrong settings exit with 6, as wrong credentials do. A web server answers 403 if the
/// command exits with 3, so that must only mean a refused push.
fn separate_settings(mut error: CommandError) -> CommandError {
    let code = error.library_error.as_ref().map(jumpqr::Error::code);
    if code == Some(Code::Own(OwnCode::InvalidConfig)) {
        error.exit = Exit::Credentials;
    }
    error
}

/// Check and decrypt a push, and store what it says
///
/// A ticket is stored, unless the stored one is newer. The code of an authorisation is exchanged
/// for the merchant's tokens, which asks WeChat. When a merchant ends its authorisation, its tokens
/// are removed. Tickets and codes are never printed.
///
/// Answer WeChat with the `reply` that is printed, HTTP status 200. If the command exits with 3,
/// the push is refused: answer with 403. After any other error, also a wrong setting, answer with
/// 500: then WeChat may send the push again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Handle {
    /// The query string of the request, as it is
    #[arg(long, value_name = "QUERY")]
    query: String,

    /// Read the body of the request from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body_file: Input,
}

impl Handle {
    fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, _) = context.platform()?;
        // If the body is too long, one byte more is read, and the body is refused.
        let body = self.body_file.read(MAX_BODY_BYTES + 1)?;
        let handled = platform.handle(&self.query, &body);
        let handled = handled.map_err(|error| context.explain(error))?;
        let merchant = match handled.event() {
            Event::Authorized(event) | Event::UpdateAuthorized(event) => {
                Some(event.authorizer_appid.clone())
            }
            Event::Unauthorized(event) => Some(event.authorizer_appid.clone()),
            _ => None,
        };
        let exchanged = handled.finish()?;
        let has_changed = handled.has_changed() || exchanged.is_some();
        let event = handled.event().info_type();
        let reply = handled.reply();
        let done = if has_changed { "stored" } else { "nothing new" };
        let card = format_card(&[
            ("event", Some(event.unwrap_or("a message").to_owned())),
            ("merchant", merchant.as_deref().map(escape)),
            ("store", Some(done.to_owned())),
            ("reply", Some(reply.to_owned())),
        ]);
        let members = json!({
            "info_type": event,
            "authorizer_appid": merchant,
            "has_changed": has_changed,
            "reply": reply,
        });
        Ok(context.print(members, &format!("{GOOD}Received{GOOD:#} a push.\n{card}")))
    }
}
