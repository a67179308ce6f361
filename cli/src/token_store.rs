//! Where tokens are kept between commands.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};
use jumpqr::Error;
use jumpqr::error::OwnCode;
use jumpqr::store::{self, DirectoryStore, MemoryStore, TokenStore};

use crate::args::Global;
use crate::credentials::variable;
use crate::failure::Failure;
use crate::output;

/// The environment's setting, which may hold a password.
const VARIABLE: &str = "JUMPQR_TOKEN_STORE";

/// The folder of the default store, in the one that the user's programs have for such things.
const FOLDER: &str = "jumpqr";

/// The store of an account's tokens. Where nothing is said and the user's own folder cannot be used, tokens end with the
/// command, and a note says so: the next command fetches others.
pub(crate) fn of_account(global: &Global) -> Result<Arc<dyn TokenStore>, Failure> {
    match chosen(global)? {
        Some(store) => Ok(store),
        None => match users_own() {
            Ok(store) => Ok(store),
            Err(error) if error.code() == OwnCode::StoreFailed => {
                output::note(&format!(
                    "tokens are not kept: {}; --token-store names another place",
                    error.message()
                ));
                Ok(Arc::new(MemoryStore::default()))
            }
            Err(error) => Err(error.into()),
        },
    }
}

/// The store of a platform's tokens, tickets and refresh tokens, which must outlive the command: a refresh token that was
/// used and not kept is lost.
pub(crate) fn of_platform(global: &Global) -> Result<Arc<dyn TokenStore>, Failure> {
    let store = match chosen(global)? {
        Some(store) => store,
        None => users_own()?,
    };
    if !store.is_persistent() {
        return Err(Error::new(
            OwnCode::InvalidConfig,
            "token_store: memory: ends with the command, and a platform's tickets and refresh tokens must not; give dir:/absolute/path",
        )
        .into());
    }
    Ok(store)
}

/// Refuses a setting of the command line that may hold a password, without repeating it.
pub(crate) fn refuse_password(setting: &str) -> Result<(), Failure> {
    if store::may_hold_password(setting) {
        return Err(Failure::usage(
            None,
            format!(
                "--token-store takes no user and password: everybody on this machine could read them; set the environment variable {VARIABLE}"
            ),
        ));
    }
    Ok(())
}

/// The store that the command line names, or else the environment.
fn chosen(global: &Global) -> Result<Option<Arc<dyn TokenStore>>, Failure> {
    let setting = match &global.token_store {
        Some(setting) => Some(setting.clone()),
        None => variable(VARIABLE)?,
    };
    Ok(setting.as_deref().map(store::open).transpose()?)
}

fn users_own() -> jumpqr::Result<Arc<dyn TokenStore>> {
    let folder = users_folder().map_err(|error| {
        Error::new(
            OwnCode::StoreFailed,
            format!("token_store: the user has no folder to keep tokens in: {error}"),
        )
    })?;
    Ok(Arc::new(DirectoryStore::open(folder)?))
}

/// What is no configuration and no cache, and belongs to this machine: of the folders that Windows and macOS have, one that
/// does not move to other machines.
fn users_folder() -> io::Result<PathBuf> {
    let folders = choose_native_strategy().map_err(io::Error::other)?;
    let local = || {
        if cfg!(windows) {
            folders.cache_dir()
        } else {
            folders.data_dir()
        }
    };
    let folder = folders.state_dir().unwrap_or_else(local).join(FOLDER);
    if folder.is_absolute() {
        Ok(folder)
    } else {
        Err(io::Error::other("there is no home folder"))
    }
}
