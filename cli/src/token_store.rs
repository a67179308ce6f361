//! Opens the store that keeps tokens between commands.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};
use jumpqr::Error;
use jumpqr::error::OwnCode;
use jumpqr::store::{self, DirectoryStore, MemoryStore, TokenStore};

use crate::credentials::text_or_variable;
use crate::error::CommandError;
use crate::options::CredentialOptions;
use crate::output;

/// The environment variable with the setting. Unlike the command line, it may hold a password.
const VARIABLE: &str = "JUMPQR_TOKEN_STORE";

/// The folder of the default store, in the user's state directory.
const FOLDER_NAME: &str = "jumpqr";

/// Opens the store of an account's tokens. If no store is named and the default one cannot be
/// used, a note says so and the tokens end with the command. The next command fetches new ones.
pub(crate) fn open_for_account(
    options: &CredentialOptions,
) -> Result<Arc<dyn TokenStore>, CommandError> {
    match open_configured(options)? {
        Some(store) => Ok(store),
        None => match open_default() {
            Ok(store) => Ok(store),
            Err(error) if error.code() == OwnCode::StoreFailed => {
                output::print_note(&format!(
                    "tokens are not kept: {}; name another store with --token-store",
                    error.message()
                ));
                Ok(Arc::new(MemoryStore::default()))
            }
            Err(error) => Err(error.into()),
        },
    }
}

/// Opens the store of a platform's tickets, tokens and refresh tokens. It must outlive the
/// command: WeChat may replace a refresh token when it is used, and the new one must not be lost.
pub(crate) fn open_for_platform(
    options: &CredentialOptions,
) -> Result<Arc<dyn TokenStore>, CommandError> {
    let store = match open_configured(options)? {
        Some(store) => store,
        None => open_default()?,
    };
    if !store.is_persistent() {
        return Err(Error::new(
            OwnCode::InvalidConfig,
            format!(
                "--token-store or {VARIABLE}: {} loses a platform's tickets and refresh tokens \
                 when the command ends; give dir:/absolute/path or redis://host",
                store.name()
            ),
        )
        .into());
    }
    Ok(store)
}

/// Opens the store that the command line names, else the one that the environment names.
fn open_configured(
    options: &CredentialOptions,
) -> Result<Option<Arc<dyn TokenStore>>, CommandError> {
    let setting = text_or_variable(options.token_store.as_ref(), VARIABLE)?;
    Ok(setting.as_deref().map(store::open).transpose()?)
}

fn open_default() -> jumpqr::Result<Arc<dyn TokenStore>> {
    let folder = default_folder().map_err(|error| {
        Error::new(
            OwnCode::StoreFailed,
            format!("there is no folder of this user to keep tokens in: {error}"),
        )
    })?;
    Ok(Arc::new(DirectoryStore::open(folder)?))
}

/// Returns the folder in the state directory (`XDG_STATE_HOME`). Windows and macOS have none:
/// there, it is in the local, non-roaming data directory.
fn default_folder() -> io::Result<PathBuf> {
    let folders = choose_native_strategy().map_err(io::Error::other)?;
    let local = || {
        if cfg!(windows) {
            folders.cache_dir()
        } else {
            folders.data_dir()
        }
    };
    let folder = folders.state_dir().unwrap_or_else(local).join(FOLDER_NAME);
    if folder.is_absolute() {
        Ok(folder)
    } else {
        Err(io::Error::other("there is no home folder"))
    }
}
