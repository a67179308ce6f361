//! Reads the credentials from options, files and the environment. A secret never comes from the
//! command line: every user of the machine can read it.

use std::io;

use jumpqr::interface::LONGEST_CREDENTIAL;

use crate::error::CommandError;
use crate::input::Input;
use crate::options::CredentialOptions;
use crate::settings::GivenSettings;

/// The longest file with a token or a secret that is read: a credential and an end of line.
const MAX_SECRET_BYTES: usize = LONGEST_CREDENTIAL + 2;

/// Whose credentials are given.
#[derive(PartialEq, Eq)]
pub(crate) enum Owner {
    Account,
    Platform,
}

/// Reads the credentials that the command line names, else the ones in the environment. There, a
/// token takes precedence over a platform, and a platform over the account's own secret.
pub(crate) fn read_credentials(
    options: &CredentialOptions,
    given: &mut GivenSettings,
) -> Result<Owner, CommandError> {
    if let Some(file) = &options.access_token_file {
        given.insert("access_token", read_secret(file)?);
        return Ok(Owner::Account);
    }
    let has_option = options.secret_file.is_some()
        || options.component_appsecret_file.is_some()
        || options.has_push_file()
        || given.has("appid")
        || given.has("component_appid");
    if !has_option && given.read_variable("access_token")? {
        return Ok(Owner::Account);
    }
    if options.secret_file.is_none() {
        read_platform_account(options, given)?;
        let has_account = given.has("component_appid") || given.has("component_appsecret");
        if has_account || options.has_push_file() {
            read_pushes(options, given)?;
            return Ok(Owner::Platform);
        }
    }
    given.read_variable("appid")?;
    read_file_or_variable(options.secret_file.as_ref(), "secret", given)?;
    Ok(Owner::Account)
}

/// Reads the platform that the command line names, else the one in the environment, if any.
pub(crate) fn read_platform(
    options: &CredentialOptions,
    given: &mut GivenSettings,
) -> Result<(), CommandError> {
    read_platform_account(options, given)?;
    read_pushes(options, given)
}

fn read_platform_account(
    options: &CredentialOptions,
    given: &mut GivenSettings,
) -> Result<(), CommandError> {
    given.read_variable("component_appid")?;
    let file = options.component_appsecret_file.as_ref();
    read_file_or_variable(file, "component_appsecret", given)
}

/// Reads what a platform receives pushes with.
fn read_pushes(options: &CredentialOptions, given: &mut GivenSettings) -> Result<(), CommandError> {
    for (setting, file) in options.push_files() {
        read_file_or_variable(file, setting, given)?;
    }
    Ok(())
}

fn read_file_or_variable(
    file: Option<&Input>,
    setting: &str,
    given: &mut GivenSettings,
) -> Result<(), CommandError> {
    match file {
        Some(file) => given.insert(setting, read_secret(file)?),
        None => drop(given.read_variable(setting)?),
    }
    Ok(())
}

/// Reads a token or secret, without the white space around it. If it is too long, only the
/// beginning is read, which is too long as well.
pub(crate) fn read_secret(input: &Input) -> Result<String, CommandError> {
    let bytes = input.read(MAX_SECRET_BYTES)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => Err(CommandError::unreadable(
            input,
            &io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"),
        )),
    }
}
