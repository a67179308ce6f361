//! Reads the credentials from files, standard input or the environment. Never from the command
//! line: every user of the machine can read it.

use std::env;

use jumpqr::error::OwnCode;
use jumpqr::interface::LONGEST_CREDENTIAL;
use jumpqr::{Error, Secret};

use crate::error::CommandError;
use crate::input::Input;
use crate::options::CredentialOptions;

/// The longest file with a token or a secret that is read: a credential and an end of line.
const MAX_SECRET_BYTES: usize = LONGEST_CREDENTIAL + 2;

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

/// An access token, or the credentials to fetch one.
pub(crate) enum Credentials {
    AccessToken(Secret),
    App {
        appid: String,
        secret: Secret,
    },
    Platform {
        platform: PlatformCredentials,
        /// The appid of the merchant, if one is named.
        merchant: Option<String>,
    },
}

/// The credentials of a third-party platform.
pub(crate) struct PlatformCredentials {
    pub(crate) appid: String,
    pub(crate) appsecret: Secret,
}

impl Credentials {
    /// Reads the credentials that the command line names, else the ones in the environment. There,
    /// a token takes precedence over a platform, and a platform over the account's own secret.
    pub(crate) fn read(options: &CredentialOptions) -> Result<Self, CommandError> {
        if let Some(file) = &options.access_token_file {
            return Ok(Self::AccessToken(read_secret(file)?));
        }
        let has_platform_option =
            options.component_appid.is_some() || options.component_appsecret_file.is_some();
        let has_account_option = options.account.is_some() || options.secret_file.is_some();
        if !has_account_option
            && !has_platform_option
            && let Some(token) = read_variable("JUMPQR_ACCESS_TOKEN")?
        {
            return Ok(Self::AccessToken(token.into()));
        }
        let platform = match &options.secret_file {
            Some(_) => None,
            None => PlatformCredentials::read(options)?,
        };
        let appid = read_account_appid(options)?;
        if let Some(platform) = platform {
            return Ok(Self::Platform {
                platform,
                merchant: appid,
            });
        }
        let secret = secret_or_variable(options.secret_file.as_ref(), "JUMPQR_SECRET")?;
        match (appid, secret) {
            (Some(appid), Some(secret)) => Ok(Self::App { appid, secret }),
            (Some(_), None) => Err(missing_credentials(
                "there is an appid, but no secret: --secret-file and JUMPQR_SECRET are not set",
            )),
            (None, Some(_)) => Err(missing_credentials(
                "there is a secret, but no appid: --account and JUMPQR_APPID are not set",
            )),
            (None, None) => Err(missing_credentials("there are no credentials")),
        }
    }
}

impl PlatformCredentials {
    /// Reads the platform that the command line names, else the one in the environment, if any.
    pub(crate) fn read(options: &CredentialOptions) -> Result<Option<Self>, CommandError> {
        let appid = text_or_variable(options.component_appid.as_ref(), "JUMPQR_COMPONENT_APPID")?;
        let appsecret = secret_or_variable(
            options.component_appsecret_file.as_ref(),
            "JUMPQR_COMPONENT_APPSECRET",
        )?;
        match (appid, appsecret) {
            (Some(appid), Some(appsecret)) => Ok(Some(Self { appid, appsecret })),
            (Some(_), None) => Err(missing_credentials(
                "there is a platform's appid, but no appsecret: \
                 --component-appsecret-file and JUMPQR_COMPONENT_APPSECRET are not set",
            )),
            (None, Some(_)) => Err(missing_credentials(
                "there is a platform's appsecret, but no appid: \
                 --component-appid and JUMPQR_COMPONENT_APPID are not set",
            )),
            (None, None) => Ok(None),
        }
    }
}

/// Reads the appid of the account or merchant that owns the rules, if one is named.
pub(crate) fn read_account_appid(
    options: &CredentialOptions,
) -> Result<Option<String>, CommandError> {
    text_or_variable(options.account.as_ref(), "JUMPQR_APPID")
}

/// Returns the option, else the environment variable.
pub(crate) fn text_or_variable(
    option: Option<&String>,
    variable: &str,
) -> Result<Option<String>, CommandError> {
    match option {
        Some(text) => Ok(Some(text.clone())),
        None => read_variable(variable),
    }
}

/// Reads the secret in the file, else the one in the environment variable.
fn secret_or_variable(
    file: Option<&Input>,
    variable: &str,
) -> Result<Option<Secret>, CommandError> {
    match file {
        Some(file) => read_secret(file).map(Some),
        None => Ok(read_variable(variable)?.map(Secret::from)),
    }
}

/// Reads the environment variable `name`. An empty one counts as not set.
pub(crate) fn read_variable(name: &str) -> Result<Option<String>, CommandError> {
    let Some(value) = env::var_os(name) else {
        return Ok(None);
    };
    match value.into_string() {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(_) => Err(unusable_credential(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}

/// Reads a token or secret: one word, without the white space around it.
pub(crate) fn read_secret(input: &Input) -> Result<Secret, CommandError> {
    let bytes = input.read(MAX_SECRET_BYTES)?;
    let refuse = |reason: &str| Err(unusable_credential(format!("{input}: {reason}")));
    if bytes.len() > MAX_SECRET_BYTES {
        return refuse("is too long for a token or a secret");
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return refuse("is not UTF-8");
    };
    match text.trim() {
        "" => refuse("is empty"),
        text if text.contains(char::is_whitespace) => {
            refuse("has more than one word; it must hold only the token or the secret")
        }
        text => Ok(Secret::new(text)),
    }
}

/// Makes the error for credentials that are not given. Its advice lists the ways to give them.
pub(crate) fn missing_credentials(message: &str) -> CommandError {
    Error::new(OwnCode::NoCredentials, message)
        .with_advice(CREDENTIALS_ADVICE)
        .into()
}

fn unusable_credential(message: String) -> CommandError {
    Error::new(OwnCode::NoCredentials, message)
        .with_advice("Put the token or the secret there, as one line of text.")
        .into()
}
