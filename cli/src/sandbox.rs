//! The sandbox in this process, and its accounts.

use jumpqr_sandbox::{
    Account as SandboxAccount, Credentials, SERVICE_ACCOUNT_APPID, Sandbox, SandboxBuilder,
    SandboxError,
};

use crate::connection::Caller;
use crate::failure::{Cause, Failure};

/// The secret of a Mini Program that is there to be named in a rule: nobody calls with it.
const UNUSED_SECRET: &str = "unused";

/// A local WeChat that lives as long as this value.
pub(crate) struct Embedded {
    sandbox: Sandbox,
    credentials: Credentials,
}

impl Embedded {
    /// Starts a sandbox in which `caller` can call: the Mini Program that it names exists, and is linked where that is a
    /// precondition, so that a rule file of one's own works as it stands.
    pub(crate) fn start(caller: Caller<'_>) -> Result<Self, Failure> {
        let builder = Sandbox::builder();
        let builder = match caller {
            Caller::ServiceAccount { mini_program } if is_appid(mini_program) => builder
                .account(SandboxAccount::mini_program(mini_program, UNUSED_SECRET))
                .link(SERVICE_ACCOUNT_APPID, mini_program),
            Caller::Linking {
                mini_program: Some(mini_program),
            } if is_appid(mini_program) => {
                builder.account(SandboxAccount::mini_program(mini_program, UNUSED_SECRET))
            }
            _ => builder,
        };
        let sandbox = builder.start().map_err(|error| refused(&error))?;
        let credentials = match caller {
            Caller::MiniProgram => sandbox.mini_program(),
            Caller::ServiceAccount { .. } | Caller::Linking { .. } => sandbox.service_account(),
        };
        Ok(Self {
            sandbox,
            credentials,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        self.sandbox.base_url()
    }

    /// Those of the account that [`start`](Self::start) was asked for.
    pub(crate) fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }
}

/// A sandbox that serves others, on `port` of 127.0.0.1; 0 is any free one. Requests may name
/// `allowed_hosts`, too. With `proxy`, it leads clients of WeChat's hosts to itself.
pub(crate) fn serve(port: u16, allowed_hosts: &[String], proxy: bool) -> Result<Sandbox, Failure> {
    let builder = allowed_hosts
        .iter()
        .fold(Sandbox::builder().port(port), |builder, host| {
            builder.allow_host(host)
        });
    let builder = if proxy { with_proxy(builder)? } else { builder };
    builder.start().map_err(|error| match error {
        SandboxError::Invalid(message) => Failure::usage(Some("sandbox"), message),
        error => refused(&error),
    })
}

#[cfg(feature = "proxy")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "a build without the proxy refuses"
)]
fn with_proxy(builder: SandboxBuilder) -> Result<SandboxBuilder, Failure> {
    Ok(builder.proxy())
}

#[cfg(not(feature = "proxy"))]
fn with_proxy(_: SandboxBuilder) -> Result<SandboxBuilder, Failure> {
    Err(Failure::usage(
        Some("sandbox"),
        "this jumpqr has no --proxy: it came with the package for Python or Node, which leaves the proxy out to be \
         small. Use the command itself: `cargo install --locked --path cli` in jumpqr's sources",
    ))
}

/// The certificate that clients of the proxy must trust, in PEM.
#[cfg(feature = "proxy")]
pub(crate) fn proxy_ca(sandbox: &Sandbox) -> Option<&str> {
    sandbox.proxy_ca()
}

#[cfg(not(feature = "proxy"))]
pub(crate) fn proxy_ca(_: &Sandbox) -> Option<&str> {
    None
}

/// The sandbox refuses what is no appid, as WeChat does, only where no account has it.
fn is_appid(text: &str) -> bool {
    text.starts_with("wx") && text != SERVICE_ACCOUNT_APPID
}

fn refused(error: &SandboxError) -> Failure {
    let cause = std::error::Error::source(error);
    let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
    Cause::Sandbox {
        message: format!("{error}{cause}"),
    }
    .into()
}
