//! The settings that options and environment variables give, and the errors about them.

use std::collections::BTreeSet;
use std::env;

use jumpqr::binding::{self, NameStyle};
use jumpqr::call::CallEvent;
use jumpqr::check::FindingCode;
use jumpqr::error::{Code, OwnCode};
use jumpqr::{ClientBuilder, Error, Platform, Settings};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::CommandError;

/// The settings that an environment variable may give: the setting, its option, and the variable.
const SOURCES: [[&str; 3]; 12] = [
    ["access_token", "--access-token-file", "JUMPQR_ACCESS_TOKEN"],
    ["appid", "--account", "JUMPQR_APPID"],
    ["secret", "--secret-file", "JUMPQR_SECRET"],
    [
        "component_appid",
        "--component-appid",
        "JUMPQR_COMPONENT_APPID",
    ],
    [
        "component_appsecret",
        "--component-appsecret-file",
        "JUMPQR_COMPONENT_APPSECRET",
    ],
    [
        "message_token",
        "--message-token-file",
        "JUMPQR_MESSAGE_TOKEN",
    ],
    [
        "message_token_former",
        "--message-token-former-file",
        "JUMPQR_MESSAGE_TOKEN_FORMER",
    ],
    [
        "encoding_aes_key",
        "--encoding-aes-key-file",
        "JUMPQR_ENCODING_AES_KEY",
    ],
    [
        "encoding_aes_key_former",
        "--encoding-aes-key-former-file",
        "JUMPQR_ENCODING_AES_KEY_FORMER",
    ],
    ["token_store", "--token-store", "JUMPQR_TOKEN_STORE"],
    ["base_url", "--base-url", "JUMPQR_BASE_URL"],
    ["extra_tls_roots", "--extra-tls-roots", "SSL_CERT_FILE"],
];

const CREDENTIALS_ADVICE: &str = "\
Give one of these:
  --access-token-file FILE              an access token (`-` reads standard input)
  --account APPID --secret-file FILE    the account's appid and secret
  --account APPID --component-appid APPID --component-appsecret-file FILE
                                        a merchant's appid, and its platform's appid and appsecret
  JUMPQR_ACCESS_TOKEN                   the same in the environment
  JUMPQR_APPID and JUMPQR_SECRET
  JUMPQR_APPID, JUMPQR_COMPONENT_APPID and JUMPQR_COMPONENT_APPSECRET
To try it without an account: --sandbox";

const PLATFORM_ADVICE: &str = "\
Give the platform's appid and appsecret:
  --component-appid APPID --component-appsecret-file FILE
                                        (`-` reads standard input)
  JUMPQR_COMPONENT_APPID and JUMPQR_COMPONENT_APPSECRET
                                        the same in the environment";

/// The settings without which there is no account or platform.
const CREDENTIALS: [&str; 4] = ["appid", "secret", "component_appid", "component_appsecret"];

/// The settings that have a value, by their names in the library.
pub(crate) struct GivenSettings {
    values: Map<String, Value>,
    /// Those whose value comes from the environment.
    from_environment: BTreeSet<&'static str>,
    /// Prints the event of each call, if that is wanted.
    trace: Option<fn(&CallEvent)>,
}

impl GivenSettings {
    /// Takes over the options that have a value.
    pub(crate) fn from_options(options: &impl Serialize) -> Self {
        let mut values = match json!(options) {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        values.retain(|_, value| !value.is_null());
        Self {
            values,
            from_environment: BTreeSet::new(),
            trace: None,
        }
    }

    /// Prints the event of each call with this function.
    pub(crate) fn trace_with(&mut self, trace: fn(&CallEvent)) {
        self.trace = Some(trace);
    }

    pub(crate) fn has(&self, setting: &str) -> bool {
        self.values.contains_key(setting)
    }

    /// Returns the value of a setting that is a text.
    pub(crate) fn text(&self, setting: &str) -> Option<&str> {
        self.values.get(setting)?.as_str()
    }

    pub(crate) fn insert(&mut self, setting: &str, text: impl Into<String>) {
        self.values.insert(setting.to_owned(), text.into().into());
    }

    /// Removes the setting, and returns its value.
    pub(crate) fn take(&mut self, setting: &str) -> Option<String> {
        let text = self.text(setting)?.to_owned();
        self.values.remove(setting);
        Some(text)
    }

    /// Reads the environment variable of the setting, unless an option gives the setting. Returns
    /// whether the variable is used.
    pub(crate) fn read_variable(&mut self, setting: &str) -> Result<bool, CommandError> {
        let Some([setting, _, variable]) = source(setting).filter(|_| !self.has(setting)) else {
            return Ok(false);
        };
        let text = read_variable(variable)?;
        let is_set = text.is_some();
        if let Some(text) = text {
            self.insert(setting, text);
            self.from_environment.insert(setting);
        }
        Ok(is_set)
    }

    /// Returns a builder with the settings.
    pub(crate) fn builder(&self) -> Result<ClientBuilder, CommandError> {
        let builder = ClientBuilder::from(self.read()?);
        Ok(match self.trace {
            Some(trace) => builder.on_call(trace),
            None => builder,
        })
    }

    /// Builds the platform that the settings name.
    pub(crate) fn platform(&self) -> Result<Platform, CommandError> {
        binding::platform(self.builder()?).map_err(|error| self.explain(error))
    }

    fn read(&self) -> Result<Settings, CommandError> {
        Settings::read(self.values.clone()).map_err(|error| self.explain(error))
    }

    /// Makes the error about settings, with each named as the user has given it. If a credential is
    /// missing, the advice lists the ways to give credentials.
    pub(crate) fn explain(&self, error: Error) -> CommandError {
        match error.code() {
            Code::Own(OwnCode::NoCredentials) => missing_credentials("there are no credentials"),
            Code::Own(OwnCode::InvalidConfig) => {
                let mut findings = error.violations().iter();
                let missing = findings.find(|finding| {
                    finding.code == FindingCode::MissingField
                        && CREDENTIALS.contains(&&*finding.field)
                });
                let is_platform = missing.map(|finding| finding.field.starts_with("component_"));
                let error = error.rename_settings(|field| self.name(field));
                match is_platform {
                    None => error.into(),
                    Some(true) => no_credentials(error.message(), PLATFORM_ADVICE),
                    Some(false) => missing_credentials(error.message()),
                }
            }
            _ => error.into(),
        }
    }

    /// Returns the option or the environment variable that gives the setting.
    fn name(&self, setting: &str) -> String {
        match source(setting) {
            None => NameStyle::Option.name(setting),
            Some([_, _, variable]) if self.from_environment.contains(setting) => {
                variable.to_owned()
            }
            Some([_, option, _]) if self.has(setting) => option.to_owned(),
            Some([_, option, variable]) => format!("{option} or {variable}"),
        }
    }
}

fn source(setting: &str) -> Option<[&'static str; 3]> {
    let mut sources = SOURCES.into_iter();
    sources.find(|[name, ..]| *name == setting)
}

/// Reads an environment variable. An empty one counts as not set.
fn read_variable(name: &str) -> Result<Option<String>, CommandError> {
    let Some(value) = env::var_os(name) else {
        return Ok(None);
    };
    match value.into_string() {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(_) => Err(CommandError::usage(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}

/// Makes the error for credentials that are not given. Its advice lists the ways to give them.
pub(crate) fn missing_credentials(message: &str) -> CommandError {
    no_credentials(message, CREDENTIALS_ADVICE)
}

fn no_credentials(message: &str, advice: &'static str) -> CommandError {
    Error::new(OwnCode::NoCredentials, message)
        .with_advice(advice)
        .into()
}
