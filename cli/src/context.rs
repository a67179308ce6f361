//! What each command is given: the options with the environment, and where to print its result.

use std::ffi::OsString;

use jumpqr::interface::DEFAULT_BASE_URL;
use jumpqr::preflight::PreflightOptions;
use jumpqr::{Client, Platform};
use serde_json::Value;

use crate::credentials::{Owner, read_credentials, read_platform};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::options::{Options, seconds};
use crate::output::{self, Progress};
use crate::settings::{GivenSettings, missing_credentials};
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

    /// Prints the result of the command: `text`, or with `--json` an object with the `members`.
    pub(crate) fn print(&self, members: Value, text: &str) -> Exit {
        output::print_result(members, text, self.command, self.options.json)
    }

    /// Returns whether the result is printed as an object, for programs.
    pub(crate) fn prints_json(&self) -> bool {
        self.options.json
    }

    /// Prints a note for people about the result.
    pub(crate) fn print_note(&self, text: &str) {
        if !self.options.json {
            output::print_note(text);
        }
    }

    /// Returns the progress of long work, for people.
    pub(crate) fn progress(&self, what: &'static str, total: usize) -> Option<Progress> {
        (!self.options.json).then(|| Progress::new(what, total))
    }

    /// Makes the error for wrong arguments of this command.
    pub(crate) fn usage(&self, message: impl Into<String>) -> CommandError {
        CommandError::usage_of(self.command, message)
    }

    /// Refuses arguments that may be a secret. The error does not repeat them.
    pub(crate) fn refuse_secrets(&self, arguments: &[OsString]) -> Result<(), CommandError> {
        if arguments.is_empty() {
            return Ok(());
        }
        Err(self.usage(
            "a secret must not be an argument, because every user of this machine could read it: \
             give it on standard input, or name a file",
        ))
    }

    /// Returns whether the command runs against an embedded sandbox.
    pub(crate) fn uses_sandbox(&self) -> bool {
        self.options.sandbox
    }

    /// Returns the settings of the options and the environment, except for the credentials that
    /// are read from elsewhere.
    pub(crate) fn settings(&self) -> Result<GivenSettings, CommandError> {
        let mut given = GivenSettings::from_options(self.options);
        if self.options.trace {
            given.trace_with(if self.options.json {
                output::print_event_as_json
            } else {
                output::print_event
            });
        }
        if let Some(file) = &self.options.settings.extra_tls_roots {
            given.insert("extra_tls_roots", read_certificates(file)?);
        }
        // The embedded sandbox is called over plain HTTP at its own address.
        if self.options.sandbox {
            return Ok(given);
        }
        given.read_variable("base_url")?;
        if given.read_variable("extra_tls_roots")?
            && let Some(path) = given.take("extra_tls_roots")
        {
            let pem = read_certificates(&Input::File(path.into()))?;
            given.insert("extra_tls_roots", pem);
        }
        Ok(given)
    }

    /// Returns how a preflight looks. It has the timeout of the options, if they have one.
    pub(crate) fn preflight_options(&self) -> PreflightOptions {
        let options = PreflightOptions::default();
        match self.options.settings.timeout {
            Some(timeout) => options.timeout(seconds(timeout)),
            None => options,
        }
    }

    /// Returns the URL that requests would be sent to, after a check of all settings. Needs no
    /// credentials and connects to nothing.
    pub(crate) fn checked_base_url(&self) -> Result<String, CommandError> {
        let given = self.settings()?;
        let checked = given.builder()?.check_settings();
        checked.map_err(|error| given.explain(error))?;
        Ok(given
            .text("base_url")
            .unwrap_or(DEFAULT_BASE_URL)
            .to_owned())
    }

    /// Names the settings in an error as the command line and the environment do.
    pub(crate) fn explain(&self, error: jumpqr::Error) -> CommandError {
        match self.settings() {
            Ok(given) => given.explain(error),
            Err(settings) => settings,
        }
    }

    /// Returns a client of the account whose credentials are given, or the platform.
    pub(crate) fn identity(&self) -> Result<Identity, CommandError> {
        let mut given = self.settings()?;
        if read_credentials(&self.options.credentials, &mut given)? == Owner::Platform {
            let (platform, appid) = build_platform(given)?;
            return Ok(Identity::Platform { platform, appid });
        }
        given.read_variable("token_store")?;
        let mut builder = given.builder()?;
        if given.has("appid")
            && given.has("secret")
            && !given.has("token_store")
            && let Some(store) = token_store::open_default()?
        {
            builder = builder.token_store(store);
        }
        let client = builder.build().map_err(|error| given.explain(error))?;
        Ok(Identity::Account(client))
    }

    /// Returns the platform whose credentials are given, with the store of its tickets and tokens,
    /// and the appid of the merchant, if one is named.
    pub(crate) fn platform(&self) -> Result<(Platform, Option<String>), CommandError> {
        if self.options.sandbox {
            return Err(self.usage(
                "--sandbox keeps nothing after the command: run `jumpqr sandbox`, and name its \
                 URL with --base-url",
            ));
        }
        let mut given = self.settings()?;
        read_platform(&self.options.credentials, &mut given)?;
        build_platform(given)
    }
}

fn build_platform(mut given: GivenSettings) -> Result<(Platform, Option<String>), CommandError> {
    given.read_variable("appid")?;
    let merchant = given.take("appid");
    given.read_variable("token_store")?;
    if !given.has("token_store") {
        given.insert("token_store", token_store::default_setting()?);
    }
    let platform = given.platform()?;
    let store = given.text("token_store").unwrap_or_default();
    token_store::require_persistent(store).map_err(|error| given.explain(error))?;
    Ok((platform, merchant))
}

/// Makes the error for a merchant that is not named.
pub(crate) fn missing_merchant() -> CommandError {
    missing_credentials("there is no merchant: --account and JUMPQR_APPID are not set")
}

/// Reads certificates in PEM.
fn read_certificates(file: &Input) -> Result<String, CommandError> {
    let pem = file.read(MAX_CA_FILE_BYTES)?;
    if pem.len() > MAX_CA_FILE_BYTES {
        return Err(CommandError::usage(format!(
            "{file} has more than {MAX_CA_FILE_BYTES} bytes, too many for a file of certificates"
        )));
    }
    // The certificates themselves are ASCII.
    Ok(String::from_utf8_lossy(&pem).into_owned())
}

/// The account or platform whose credentials are given.
pub(crate) enum Identity {
    Account(Client),
    Platform {
        platform: Platform,
        /// The appid of the merchant, if one is named.
        appid: Option<String>,
    },
}

impl Identity {
    /// Returns the client of the account, or of the merchant if one is named.
    pub(crate) fn client(&self) -> Result<Option<Client>, CommandError> {
        match self {
            Self::Account(client) => Ok(Some(client.clone())),
            Self::Platform { platform, appid } => {
                let merchant = appid.as_ref().map(|appid| platform.merchant(appid));
                Ok(merchant.transpose()?)
            }
        }
    }
}
