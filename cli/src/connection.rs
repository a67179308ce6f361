//! The client that the global options ask for.

use jumpqr::transport::TlsRoots;
use jumpqr::{Client, ClientBuilder, Platform};

use crate::args::Global;
use crate::credentials::{Component, Credentials, missing, variable};
use crate::failure::Failure;
use crate::input::Input;
use crate::output;
use crate::sandbox::Embedded;
use crate::token_store;

/// The longest file of certificates, in bytes; those of operating systems have some 200 KB.
const MOST_CERTIFICATES: usize = 16 << 20;

/// Whose token a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller<'a> {
    /// The Mini Program's, for ordinary-link rules.
    MiniProgram,
    /// The service account's, for the rules that open this Mini Program; it is linked to it.
    ServiceAccount { mini_program: &'a str },
    /// The service account's, for what comes before rules: linking it to this Mini Program, or looking how far that is.
    Linking { mini_program: Option<&'a str> },
}

impl<'a> Caller<'a> {
    /// The account of rules that name a Mini Program's `appid`, or do not.
    pub(crate) fn of(appid: Option<&'a str>) -> Self {
        match appid {
            Some(mini_program) => Self::ServiceAccount { mini_program },
            None => Self::MiniProgram,
        }
    }
}

/// A client, and the sandbox that it talks to, if it does.
pub(crate) struct Connection {
    pub(crate) client: Client,
    sandbox: Option<Embedded>,
}

impl Connection {
    pub(crate) fn open(global: &Global, caller: Caller<'_>) -> Result<Self, Failure> {
        if global.sandbox {
            let sandbox = Embedded::start(caller)?;
            output::note(&format!(
                "sandbox: a local WeChat at {}; nothing leaves this machine",
                sandbox.base_url()
            ));
            let account = sandbox.credentials();
            let builder = Client::builder().app(account.appid, account.secret);
            let client = settings(builder, global)?
                .base_url(sandbox.base_url())
                .build()?;
            return Ok(Self {
                client,
                sandbox: Some(sandbox),
            });
        }
        let client = match Speaker::open(global)? {
            Speaker::Account(client)
            | Speaker::Platform {
                merchant: Some(client),
                ..
            } => client,
            Speaker::Platform { merchant: None, .. } => {
                return Err(missing(
                    "there is a platform, but no merchant: --account and JUMPQR_APPID are not set",
                ));
            }
        };
        Ok(Self {
            client,
            sandbox: None,
        })
    }

    /// The URL that requests go to.
    pub(crate) fn base_url(&self, global: &Global) -> Result<String, Failure> {
        match &self.sandbox {
            Some(sandbox) => Ok(sandbox.base_url().to_owned()),
            None => base_url(global),
        }
    }

    /// Whether it is a sandbox that lives no longer than this command.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }
}

/// Who speaks to WeChat with the credentials that there are.
pub(crate) enum Speaker {
    Account(Client),
    Platform {
        platform: Platform,
        /// The client of the merchant that is named, if one is.
        merchant: Option<Client>,
    },
}

impl Speaker {
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        let builder = configured(Client::builder(), global)?;
        let builder = match Credentials::gather(global)? {
            Credentials::AccessToken(token) => builder.access_token(token),
            Credentials::App { appid, secret } => builder
                .app(appid, secret)
                .token_interface(global.token_interface.unwrap_or_default())
                .token_store(token_store::of_account(global)?),
            Credentials::Platform {
                platform: component,
                merchant,
            } => {
                let platform = platform(global, component)?;
                let merchant = merchant
                    .map(|appid| platform.merchant(&appid))
                    .transpose()?;
                return Ok(Self::Platform { platform, merchant });
            }
        };
        Ok(Self::Account(builder.build()?))
    }
}

/// The platform with these credentials, and with the store of its tickets and tokens.
pub(crate) fn platform(global: &Global, component: Component) -> Result<Platform, Failure> {
    let builder = configured(Client::builder(), global)?
        .token_store(token_store::of_platform(global)?)
        .component_token_field(global.component_token_field.unwrap_or_default());
    Ok(builder.build_platform(component.appid, component.appsecret)?)
}

/// The URL that requests would go to, without credentials and without a connection. Wrong settings are refused as ever.
pub(crate) fn base_url(global: &Global) -> Result<String, Failure> {
    let url = match chosen_base_url(global)? {
        Some(url) => url,
        None => jumpqr::interface::DEFAULT_BASE_URL.to_owned(),
    };
    configured(Client::builder().access_token("none"), global)?.build()?;
    Ok(url)
}

fn chosen_base_url(global: &Global) -> Result<Option<String>, Failure> {
    match &global.base_url {
        Some(url) => Ok(Some(url.clone())),
        None if global.sandbox => Ok(None),
        None => variable("JUMPQR_BASE_URL"),
    }
}

fn configured(builder: ClientBuilder, global: &Global) -> Result<ClientBuilder, Failure> {
    let builder = settings(builder, global)?;
    Ok(match chosen_base_url(global)? {
        Some(url) => builder.base_url(url),
        None => builder,
    })
}

fn settings(builder: ClientBuilder, global: &Global) -> Result<ClientBuilder, Failure> {
    let mut builder = builder
        .allow_http(global.allow_http)
        .ip_version(global.ip_version.unwrap_or_default());
    if let Some(timeout) = global.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(timeout) = global.queue_timeout {
        builder = builder.queue_timeout(timeout);
    }
    if let Some(name) = &global.tls_roots {
        builder = builder.tls_roots(TlsRoots::parse(name.as_str())?);
    }
    if let Some(pem) = extra_tls_roots(global)? {
        builder = builder.extra_tls_roots(pem);
    }
    Ok(builder)
}

/// The certificates to trust besides the others.
fn extra_tls_roots(global: &Global) -> Result<Option<Vec<u8>>, Failure> {
    let file = match &global.ca_file {
        Some(file) => file.clone(),
        // Nothing of the sandbox is far enough to need them.
        None if global.sandbox => return Ok(None),
        None => match variable("SSL_CERT_FILE")? {
            Some(path) => Input::File(path.into()),
            None => return Ok(None),
        },
    };
    let pem = file.read(MOST_CERTIFICATES)?;
    if pem.len() > MOST_CERTIFICATES {
        let message = format!("{file} is too long for a file of certificates");
        return Err(Failure::usage(None, message));
    }
    Ok(Some(pem))
}
