//! What each command is given: the options with the environment, and where to print its report.

use jumpqr::transport::TlsRoots;
use jumpqr::{Client, ClientBuilder, Platform};

use crate::credentials::{
    Credentials, PlatformCredentials, missing_credentials, read_account_appid, read_variable,
};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::options::Options;
use crate::output::{self, Report};
use crate::token_store;

/// The longest file of certificates that is read. The bundles of operating systems have about
/// 200 KB.
const MAX_CA_FILE_BYTES: usize = 16 << 20;

pub(crate) struct Context<'a> {
    options: &'a Options,
    /// The name of the command, e.g. `token status`.
    command: &'a str,
}

impl<'a> Context<'a> {
    pub(crate) fn new(options: &'a Options, command: &'a str) -> Self {
        Self { options, command }
    }

    /// Prints the result of the command.
    pub(crate) fn print(&self, report: &impl Report) -> Exit {
        output::print_report(report, self.command, self.options.json)
    }

    /// Makes the error for wrong arguments of this command.
    pub(crate) fn usage(&self, message: impl Into<String>) -> CommandError {
        CommandError::usage_of(self.command, message)
    }

    /// Returns whether the command runs against an embedded sandbox.
    pub(crate) fn uses_sandbox(&self) -> bool {
        self.options.sandbox
    }

    /// Returns a builder with everything set but the credentials and the token store.
    pub(crate) fn builder(&self) -> Result<ClientBuilder, CommandError> {
        let options = self.options;
        let mut builder = Client::builder()
            .allow_http(options.allow_http)
            .ip_version(options.ip_version.unwrap_or_default());
        if let Some(url) = self.configured_base_url()? {
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
        if let Some(pem) = self.read_extra_tls_roots()? {
            builder = builder.extra_tls_roots(pem);
        }
        Ok(builder)
    }

    /// Returns the URL that requests would be sent to, after a check of all settings. Needs no
    /// credentials and connects to nothing.
    pub(crate) fn checked_base_url(&self) -> Result<String, CommandError> {
        self.builder()?.check_settings()?;
        let base_url = self.configured_base_url()?;
        Ok(base_url.unwrap_or_else(|| jumpqr::interface::DEFAULT_BASE_URL.to_owned()))
    }

    /// Returns a client of the account whose credentials are given, or the platform.
    pub(crate) fn identity(&self) -> Result<Identity, CommandError> {
        let options = &self.options.credentials;
        let builder = self.builder()?;
        let builder = match Credentials::read(options)? {
            Credentials::AccessToken(token) => builder.access_token(token),
            Credentials::App { appid, secret } => builder
                .app(appid, secret)
                .token_interface(options.token_interface.unwrap_or_default())
                .token_store(token_store::open_for_account(options)?),
            Credentials::Platform { platform, merchant } => {
                let platform = self.build_platform(platform)?;
                let merchant = merchant.map(|appid| platform.merchant(&appid));
                let merchant = merchant.transpose()?;
                return Ok(Identity::Platform { platform, merchant });
            }
        };
        Ok(Identity::Account(builder.build()?))
    }

    /// Returns the platform whose credentials are given, with the store of its tickets and tokens.
    pub(crate) fn platform(&self) -> Result<Platform, CommandError> {
        let credentials = PlatformCredentials::read(&self.options.credentials)?;
        self.build_platform(credentials.ok_or_else(|| {
            missing_credentials(
                "there is no platform: --component-appid and JUMPQR_COMPONENT_APPID are not set",
            )
        })?)
    }

    fn build_platform(&self, credentials: PlatformCredentials) -> Result<Platform, CommandError> {
        let options = &self.options.credentials;
        let builder = self
            .builder()?
            .token_store(token_store::open_for_platform(options)?)
            .component_token_field(options.component_token_field.unwrap_or_default());
        Ok(builder.build_platform(credentials.appid, credentials.appsecret)?)
    }

    /// Returns the appid of the account or merchant that owns the rules, if one is named.
    pub(crate) fn account_appid(&self) -> Result<Option<String>, CommandError> {
        read_account_appid(&self.options.credentials)
    }

    fn configured_base_url(&self) -> Result<Option<String>, CommandError> {
        match &self.options.base_url {
            Some(url) => Ok(Some(url.clone())),
            None if self.options.sandbox => Ok(None),
            None => read_variable("JUMPQR_BASE_URL"),
        }
    }

    /// Reads the certificates that are trusted in addition to `--tls-roots`.
    fn read_extra_tls_roots(&self) -> Result<Option<Vec<u8>>, CommandError> {
        let file = match &self.options.ca_file {
            Some(file) => file.clone(),
            // The embedded sandbox is called over plain HTTP, so the environment does not matter.
            None if self.options.sandbox => return Ok(None),
            None => match read_variable("SSL_CERT_FILE")? {
                Some(path) => Input::File(path.into()),
                None => return Ok(None),
            },
        };
        let pem = file.read(MAX_CA_FILE_BYTES)?;
        if pem.len() > MAX_CA_FILE_BYTES {
            return Err(CommandError::usage(format!(
                "{file} has more than {MAX_CA_FILE_BYTES} bytes, too many for a file of \
                 certificates"
            )));
        }
        Ok(Some(pem))
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
