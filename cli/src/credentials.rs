//! Where the access token, or what one is fetched with, comes from: files, standard input, the environment. Never the
//! command line, which every user of the machine can read.

use std::env;

use jumpqr::error::OwnCode;
use jumpqr::interface::LONGEST_CREDENTIAL;
use jumpqr::{Error, Secret};

use crate::args::Global;
use crate::failure::Failure;
use crate::input::Input;

/// The longest file with a token or a secret that is read, in bytes: with the end of its line.
const MOST_BYTES: usize = LONGEST_CREDENTIAL + 2;

const WAYS: &str = "\
Give one of these:
  --access-token-file FILE              an access token (`-` reads standard input)
  --account APPID --secret-file FILE    the account's appid and secret
  --account APPID --component-appid APPID --component-appsecret-file FILE
                                        a merchant's appid, and its platform's appid and appsecret
  JUMPQR_ACCESS_TOKEN                   the same in the environment
  JUMPQR_APPID and JUMPQR_SECRET
  JUMPQR_APPID, JUMPQR_COMPONENT_APPID and JUMPQR_COMPONENT_APPSECRET
To try it without an account: --sandbox";

/// What a client gets its access tokens with.
pub(crate) enum Credentials {
    AccessToken(Secret),
    App {
        appid: String,
        secret: Secret,
    },
    /// A platform's, and the appid of the merchant for whom it calls, where one is named.
    Platform {
        platform: Component,
        merchant: Option<String>,
    },
}

/// The credentials of a third-party platform.
pub(crate) struct Component {
    pub(crate) appid: String,
    pub(crate) appsecret: Secret,
}

impl Credentials {
    /// The credentials that the command line names; else those of the environment, where a token goes before a platform, and
    /// a platform before an account's own secret.
    pub(crate) fn gather(global: &Global) -> Result<Self, Failure> {
        if let Some(file) = &global.access_token_file {
            return Ok(Self::AccessToken(read_secret(file)?));
        }
        let by_platform =
            global.component_appid.is_some() || global.component_appsecret_file.is_some();
        let by_account = global.account.is_some() || global.secret_file.is_some();
        if !by_account
            && !by_platform
            && let Some(token) = variable("JUMPQR_ACCESS_TOKEN")?
        {
            return Ok(Self::AccessToken(token.into()));
        }
        let platform = match &global.secret_file {
            Some(_) => None,
            None => Component::gather(global)?,
        };
        let appid = appid(global)?;
        if let Some(platform) = platform {
            return Ok(Self::Platform {
                platform,
                merchant: appid,
            });
        }
        let secret = match &global.secret_file {
            Some(file) => Some(read_secret(file)?),
            None => variable("JUMPQR_SECRET")?.map(Secret::from),
        };
        match (appid, secret) {
            (Some(appid), Some(secret)) => Ok(Self::App { appid, secret }),
            (Some(_), None) => Err(missing(
                "there is an appid, but no secret: --secret-file and JUMPQR_SECRET are not set",
            )),
            (None, Some(_)) => Err(missing(
                "there is a secret, but no appid: --account and JUMPQR_APPID are not set",
            )),
            (None, None) => Err(missing("there are no credentials")),
        }
    }
}

impl Component {
    /// The platform that the command line names; else that of the environment, if there is one.
    pub(crate) fn gather(global: &Global) -> Result<Option<Self>, Failure> {
        let appid = match &global.component_appid {
            Some(appid) => Some(appid.clone()),
            None => variable("JUMPQR_COMPONENT_APPID")?,
        };
        let appsecret = match &global.component_appsecret_file {
            Some(file) => Some(read_secret(file)?),
            None => variable("JUMPQR_COMPONENT_APPSECRET")?.map(Secret::from),
        };
        match (appid, appsecret) {
            (Some(appid), Some(appsecret)) => Ok(Some(Self { appid, appsecret })),
            (Some(_), None) => Err(missing(
                "there is a platform's appid, but no appsecret: --component-appsecret-file and JUMPQR_COMPONENT_APPSECRET are not set",
            )),
            (None, Some(_)) => Err(missing(
                "there is a platform's appsecret, but no appid: --component-appid and JUMPQR_COMPONENT_APPID are not set",
            )),
            (None, None) => Ok(None),
        }
    }
}

/// The appid of the account whose rules these are, where one is named.
pub(crate) fn appid(global: &Global) -> Result<Option<String>, Failure> {
    match &global.account {
        Some(appid) => Ok(Some(appid.clone())),
        None => variable("JUMPQR_APPID"),
    }
}

/// The environment variable `name`; one that is empty counts as not set.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    let Some(value) = env::var_os(name) else {
        return Ok(None);
    };
    match value.into_string() {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(_) => Err(unusable(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}

/// A text of one line, without the white space around it.
pub(crate) fn read_secret(input: &Input) -> Result<Secret, Failure> {
    let bytes = input.read(MOST_BYTES)?;
    let wrong = |what: &str| Err(unusable(format!("{input}: {what}")));
    if bytes.len() > MOST_BYTES {
        return wrong("is too long for a token or a secret");
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return wrong("is not UTF-8");
    };
    match text.trim() {
        "" => wrong("is empty"),
        text if text.contains(char::is_whitespace) => {
            wrong("has more than one word; it holds the token or the secret, and nothing else")
        }
        text => Ok(Secret::new(text)),
    }
}

/// What a call cannot do without; the ways to give credentials are the advice.
pub(crate) fn missing(message: &str) -> Failure {
    Error::new(OwnCode::NoCredentials, message)
        .with_advice(WAYS)
        .into()
}

fn unusable(message: String) -> Failure {
    Error::new(OwnCode::NoCredentials, message)
        .with_advice("Put the token or the secret into it as one line of text.")
        .into()
}
