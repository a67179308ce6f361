//! A client for a command that calls WeChat.

use jumpqr::Client;

use crate::acting_as::ActingAs;
use crate::context::{Context, Identity};
use crate::credentials::missing_credentials;
use crate::error::CommandError;
use crate::output;
use crate::sandbox::EmbeddedSandbox;

/// A client, and with `--sandbox` the sandbox that it calls.
pub(crate) struct Connection {
    pub(crate) client: Client,
    sandbox: Option<EmbeddedSandbox>,
}

impl Connection {
    pub(crate) fn open(
        context: &Context<'_>,
        acting_as: ActingAs<'_>,
    ) -> Result<Self, CommandError> {
        if context.uses_sandbox() {
            let sandbox = EmbeddedSandbox::start(acting_as)?;
            output::print_note(&format!(
                "sandbox: a local WeChat at {}; nothing leaves this machine",
                sandbox.base_url()
            ));
            let account = sandbox.credentials();
            let builder = context.builder()?.base_url(sandbox.base_url());
            return Ok(Self {
                client: builder.app(account.appid, account.secret).build()?,
                sandbox: Some(sandbox),
            });
        }
        let client = match context.identity()? {
            Identity::Account(client) => Some(client),
            Identity::Platform { merchant, .. } => merchant,
        };
        let client = client.ok_or_else(|| {
            missing_credentials(
                "there is a platform, but no merchant: --account and JUMPQR_APPID are not set",
            )
        })?;
        Ok(Self {
            client,
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
