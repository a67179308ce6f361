//! The store that keeps tokens between commands.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};
use jumpqr::check::{Finding, FindingCode};
use jumpqr::error::OwnCode;
use jumpqr::store::{self, DirectoryStore, TokenStore};
use jumpqr::{Error, Result};

use crate::output;

/// The folder of the default store, in the user's state directory.
const FOLDER_NAME: &str = "jumpqr";

/// Opens the default store of an account's tokens. If it cannot be used, a note says so, and the
/// tokens end with the command. The next command fetches new ones.
pub(crate) fn open_default() -> Result<Option<Arc<dyn TokenStore>>> {
    match default_folder().and_then(DirectoryStore::open) {
        Ok(store) => Ok(Some(Arc::new(store))),
        Err(error) if error.code() == OwnCode::StoreFailed => {
            output::print_note(&format!(
                "tokens are not kept: {}; name another store with --token-store",
                error.message()
            ));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Returns the setting that names the default store.
pub(crate) fn default_setting() -> Result<String> {
    let folder = default_folder()?.into_os_string().into_string();
    let folder = folder.map_err(|_| no_folder("its name is not UTF-8"))?;
    Ok(format!("dir:{folder}"))
}

/// Refuses a store that ends with the command. WeChat may replace a platform's refresh token when
/// it is used, and the new one must not be lost.
pub(crate) fn require_persistent(setting: &str) -> Result<()> {
    if store::open(setting)?.is_persistent() {
        return Ok(());
    }
    let message = "loses a platform's tickets and refresh tokens when the command ends; give \
                   dir:/absolute/path or redis://host";
    let finding = Finding::new("token_store", FindingCode::Unusable, message);
    Err(Error::invalid_config(vec![finding]))
}

/// Returns the folder in the state directory (`XDG_STATE_HOME`). Windows and macOS have none:
/// there, it is in the local, non-roaming data directory.
fn default_folder() -> Result<PathBuf> {
    let folders = choose_native_strategy().map_err(no_folder)?;
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
        Err(no_folder("there is no home folder"))
    }
}

fn no_folder(reason: impl Display) -> Error {
    Error::new(
        OwnCode::StoreFailed,
        format!("there is no folder of this user to keep tokens in: {reason}"),
    )
}
