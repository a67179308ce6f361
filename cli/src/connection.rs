//! A client for a command that calls WeChat.

use jumpqr::Client;
use jumpqr_sandbox::Sandbox;

use crate::acting_as::ActingAs;
use crate::context::{Context, missing_merchant};
use crate::error::CommandError;
use crate::output;
use crate::sandbox::start_embedded;

/// A client, and with `--sandbox` the sandbox that it calls.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// It stops when it is dropped.
    sandbox: Option<Sandbox>,
}

impl Connection {
    pub(crate) fn open(
        context: &Context<'_>,
        acting_as: ActingAs<'_>,
    ) -> Result<Self, CommandError> {
        Self::open_and_note(context, acting_as, "nothing leaves this machine")
    }

    /// Opens a connection to download the verification file, which is then looked for.
    pub(crate) fn open_to_look(context: &Context<'_>) -> Result<Self, CommandError> {
        let note = "the file is the sandbox's own, and the look for it is real: the host must exist, or \
                    be rehearsed with --connect-to";
        Self::open_and_note(context, ActingAs::MiniProgram, note)
    }

    /// Opens a connection. With `--sandbox`, `note` says what is different.
    fn open_and_note(
        context: &Context<'_>,
        acting_as: ActingAs<'_>,
        note: &str,
    ) -> Result<Self, CommandError> {
        if context.uses_sandbox() {
            let (sandbox, account) = start_embedded(acting_as)?;
            output::print_note(&format!(
                "sandbox: a local WeChat at {}; {note}",
                sandbox.base_url()
            ));
            let given = context.settings()?;
            let builder = given.builder()?.base_url(sandbox.base_url());
            let built = builder.app(account.appid, account.secret).build();
            return Ok(Self {
                client: built.map_err(|error| given.explain(error))?,
                sandbox: Some(sandbox),
            });
        }
        let client = context.identity()?.client()?;
        Ok(Self {
            client: client.ok_or_else(missing_merchant)?,
            sandbox: None,
        })
    }

    /// Returns the URL that requests are sent to.
    pub(crate) fn base_url(&self, context: &Context<'_>) -> Result<String, CommandError> {
        match &self.sandbox {
            Some(sandbox) => Ok(sandbox.base_url().to_owned()),
            None => context.checked_base_url(),
        }
    }
}
