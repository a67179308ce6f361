//! Starts sandboxes: one for `--sandbox`, and one for `jumpqr sandbox`.

use jumpqr_sandbox::{
    Account as SandboxAccount, Credentials, FileFetch, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID,
    Sandbox, SandboxError,
};

use crate::acting_as::ActingAs;
use crate::error::CommandError;

/// The secret of a Mini Program that rules name, but that never calls.
const UNUSED_SECRET: &str = "unused";

/// Starts a sandbox for calls of this account, and returns the account's credentials there. The Mini
/// Program that it names exists there. It is also linked if rules need that, so that the user's own
/// rule file works unchanged.
pub(crate) fn start_embedded(
    acting_as: ActingAs<'_>,
) -> Result<(Sandbox, Credentials), CommandError> {
    let (named, is_linked) = match acting_as {
        ActingAs::MiniProgram => (None, false),
        ActingAs::ServiceAccount { mini_program } => (Some(mini_program), true),
        ActingAs::Linking { mini_program } => (mini_program, false),
    };
    let mut builder = Sandbox::builder();
    if let Some(appid) = named.filter(|appid| is_mini_program_appid(appid)) {
        builder = builder.account(SandboxAccount::mini_program(appid, UNUSED_SECRET));
        if is_linked {
            builder = builder.link(SERVICE_ACCOUNT_APPID, appid);
        }
    }
    let sandbox = builder.start()?;
    let credentials = match acting_as {
        ActingAs::MiniProgram => sandbox.mini_program(),
        _ => sandbox.service_account(),
    };
    Ok((sandbox, credentials))
}

/// Starts a sandbox for other programs on `port` of 127.0.0.1; 0 means any free port. Requests may
/// also name `allowed_hosts`. With `proxy`, it is an HTTPS proxy that answers for WeChat's hosts.
/// With `push_url`, it pushes to the server of its platform. With `file_fetch`, it fetches the
/// verification file of its Mini Program.
pub(crate) fn serve(
    port: u16,
    allowed_hosts: &[String],
    proxy: bool,
    push_url: Option<&str>,
    file_fetch: Option<FileFetch>,
) -> Result<Sandbox, CommandError> {
    let mut builder = Sandbox::builder().port(port);
    for host in allowed_hosts {
        builder = builder.allow_host(host);
    }
    if let Some(push_url) = push_url {
        builder = builder.push_url(push_url);
    }
    if let Some(fetch) = file_fetch {
        builder = builder.fetch_file(MINI_PROGRAM_APPID, fetch);
    }
    #[cfg(feature = "proxy")]
    if proxy {
        builder = builder.proxy();
    }
    #[cfg(not(feature = "proxy"))]
    if proxy {
        return Err(CommandError::usage_of(
            "sandbox",
            "this jumpqr has no --proxy: the packages for Python and Node leave it out to be \
             small. Install the command itself: `cargo install --locked --path cli` in jumpqr's \
             sources",
        ));
    }
    Ok(builder.start()?)
}

/// Returns whether the sandbox can have a Mini Program with this appid. If it is not an appid, no
/// account is made, and the sandbox refuses the call as WeChat does.
fn is_mini_program_appid(text: &str) -> bool {
    text.starts_with("wx") && text != SERVICE_ACCOUNT_APPID
}

impl From<SandboxError> for CommandError {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Invalid(message) => Self::usage_of("sandbox", message),
            error => Self::sandbox_not_started(error.to_string()),
        }
    }
}
