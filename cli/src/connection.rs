//! Makes a client, or a platform, from the command's options and the environment.

use jumpqr::transport::TlsRoots;
use jumpqr::{Client, ClientBuilder, Platform};

use crate::args::Options;
use crate::credentials::{Credentials, PlatformCredentials, missing_credentials, read_variable};
use crate::error::CommandError;
use crate::input::Input;
use crate::output;
use crate::sandbox::EmbeddedSandbox;
use crate::token_store;

/// The longest file of certificates that is read. The bundles of operating systems have about
/// 200 KB.
const MAX_CA_FILE_BYTES: usize = 16 << 20;

/// The account whose token a call needs.
#[derive(Clone, Copy)]
pub(crate) enum ActingAs<'a> {
    /// A Mini Program: for ordinary-link rules.
    MiniProgram,
    /// A service account: for the rules that open `mini_program`, which is linked to it.
    ServiceAccount { mini_program: &'a str },
    /// A service account that links `mini_program`, or lists its links. Rules come after that.
    Linking { mini_program: Option<&'a str> },
}

impl<'a> ActingAs<'a> {
    /// Returns the account that owns a rule. Only service-account rules name a Mini Program.
    pub(crate) fn owner_of_rules(mini_program: Option<&'a str>) -> Self {
        match mini_program {
            Some(mini_program) => Self::ServiceAccount { mini_program },
            None => Self::MiniProgram,
        }
    }
}

/// A client, and with `--sandbox` the sandbox that it calls.
pub(crate) struct Connection {
    pub(crate) client: Client,
    sandbox: Option<EmbeddedSandbox>,
}

impl Connection {
    pub(crate) fn open(options: &Options, acting_as: ActingAs<'_>) -> Result<Self, CommandError> {
        if options.sandbox {
            let sandbox = EmbeddedSandbox::start(acting_as)?;
            output::print_note(&format!(
                "sandbox: a local WeChat at {}; nothing leaves this machine",
                sandbox.base_url()
            ));
            let account = sandbox.credentials();
            let client = configure(Client::builder(), options)?
                .app(account.appid, account.secret)
                .base_url(sandbox.base_url())
                .build()?;
            return Ok(Self {
                client,
                sandbox: Some(sandbox),
            });
        }
        let client = match Identity::open(options)? {
            Identity::Account(client)
            | Identity::Platform {
                merchant: Some(client),
                ..
            } => client,
            Identity::Platform { merchant: None, .. } => {
                return Err(missing_credentials(
                    "there is a platform, but no merchant: --account and JUMPQR_APPID are not set",
                ));
            }
        };
        Ok(Self {
            client,
            sandbox: None,
        })
    }

    /// Returns the URL that requests are sent to.
    pub(crate) fn base_url(&self, options: &Options) -> Result<String, CommandError> {
        match &self.sandbox {
            Some(sandbox) => Ok(sandbox.base_url().to_owned()),
            None => checked_base_url(options),
        }
    }

    /// Returns whether the client calls a sandbox that ends with this command.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }
}

/// The account or platform whose credentials are given.
pub(crate) enum Identity {
    Account(Client),
    Platform {
        platform: Platform,
        /// The client of the merchant, if one is named.
        merchant: Option<Client>,
    },
}

impl Identity {
    pub(crate) fn open(options: &Options) -> Result<Self, CommandError> {
        let builder = configure(Client::builder(), options)?;
        let builder = match Credentials::read(options)? {
            Credentials::AccessToken(token) => builder.access_token(token),
            Credentials::App { appid, secret } => builder
                .app(appid, secret)
                .token_interface(options.token_interface.unwrap_or_default())
                .token_store(token_store::open_for_account(options)?),
            Credentials::Platform { platform, merchant } => {
                let platform = build_platform(options, platform)?;
                let merchant = merchant
                    .map(|appid| platform.merchant(&appid))
                    .transpose()?;
                return Ok(Self::Platform { platform, merchant });
            }
        };
        Ok(Self::Account(builder.build()?))
    }
}

/// Builds the platform, with the store of its tickets and tokens.
pub(crate) fn build_platform(
    options: &Options,
    credentials: PlatformCredentials,
) -> Result<Platform, CommandError> {
    let builder = configure(Client::builder(), options)?
        .token_store(token_store::open_for_platform(options)?)
        .component_token_field(options.component_token_field.unwrap_or_default());
    Ok(builder.build_platform(credentials.appid, credentials.appsecret)?)
}

/// Returns the URL that requests would be sent to, after a check of all settings. Needs no
/// credentials and connects to nothing.
pub(crate) fn checked_base_url(options: &Options) -> Result<String, CommandError> {
    configure(Client::builder(), options)?.check_settings()?;
    let base_url = configured_base_url(options)?;
    Ok(base_url.unwrap_or_else(|| jumpqr::interface::DEFAULT_BASE_URL.to_owned()))
}

fn configured_base_url(options: &Options) -> Result<Option<String>, CommandError> {
    match &options.base_url {
        Some(url) => Ok(Some(url.clone())),
        None if options.sandbox => Ok(None),
        None => read_variable("JUMPQR_BASE_URL"),
    }
}

/// Sets everything but the credentials.
fn configure(mut builder: ClientBuilder, options: &Options) -> Result<ClientBuilder, CommandError> {
    builder = builder
        .allow_http(options.allow_http)
        .ip_version(options.ip_version.unwrap_or_default());
    if let Some(url) = configured_base_url(options)? {
        builder = builder.base_url(url);
    }
    if let Some(timeout) = options.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(timeout) = options.queue_timeout {
        builder = builder.queue_timeout(timeout);
    }
    if let Some(name) = &options.tls_roots {
        builder = builder.tls_roots(TlsRoots::parse(name.as_str())?);
    }
    if let Some(pem) = read_extra_tls_roots(options)? {
        builder = builder.extra_tls_roots(pem);
    }
    Ok(builder)
}

/// Reads the certificates that are trusted in addition to `--tls-roots`.
fn read_extra_tls_roots(options: &Options) -> Result<Option<Vec<u8>>, CommandError> {
    let file = match &options.ca_file {
        Some(file) => file.clone(),
        // The embedded sandbox is called over plain HTTP, so the environment does not matter.
        None if options.sandbox => return Ok(None),
        None => match read_variable("SSL_CERT_FILE")? {
            Some(path) => Input::File(path.into()),
            None => return Ok(None),
        },
    };
    let pem = file.read(MAX_CA_FILE_BYTES)?;
    if pem.len() > MAX_CA_FILE_BYTES {
        let message = format!(
            "{file} has more than {MAX_CA_FILE_BYTES} bytes, too many for a file of certificates"
        );
        return Err(CommandError::usage(None, message));
    }
    Ok(Some(pem))
}
