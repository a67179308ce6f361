//! A store that several processes share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::store::{self, TokenStore};
use tempfile::TempDir;

use crate::LONG;
#[cfg(feature = "redis")]
use crate::redis::server::RedisServer;

/// A new store, and a folder for other things that the processes share.
pub(crate) struct SharedStore {
    pub(crate) setting: String,
    pub(crate) folder: TempDir,
    /// How long the processes lock a key. In Redis, a dead holder is not detected, so the next
    /// holder waits that long.
    pub(crate) lease: Duration,
    #[cfg(feature = "redis")]
    server: Option<RedisServer>,
}

impl SharedStore {
    pub(crate) fn directory() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            setting: format!("dir:{}", folder.path().join("tokens").display()),
            folder,
            lease: LONG,
            #[cfg(feature = "redis")]
            server: None,
        }
    }

    /// Returns the store of this setting, whose servers the test keeps.
    #[cfg(feature = "redis")]
    pub(crate) fn of(setting: String) -> Self {
        Self {
            setting,
            folder: tempfile::tempdir().unwrap(),
            lease: LONG,
            server: None,
        }
    }

    #[cfg(feature = "redis")]
    pub(crate) fn redis(lease: Duration) -> Self {
        let server = RedisServer::start();
        Self {
            setting: server.setting(),
            folder: tempfile::tempdir().unwrap(),
            lease,
            server: Some(server),
        }
    }

    pub(crate) fn open(&self) -> Arc<dyn TokenStore> {
        store::open(&self.setting).unwrap()
    }

    /// Returns the path of a file that the processes share.
    pub(crate) fn shared_file(&self) -> PathBuf {
        self.folder.path().join("shared")
    }

    /// Returns whether a process holds a lease, or held one when it was killed.
    pub(crate) fn is_held(&self) -> bool {
        #[cfg(feature = "redis")]
        if let Some(server) = &self.server {
            let keys = server.keys();
            let is_held = |key: &String| server.admin(&format!("HEXISTS {key} held"));
            return keys.iter().any(is_held);
        }
        let tokens = self.folder.path().join("tokens");
        std::fs::read_dir(tokens).unwrap().any(|file| {
            let name = file.unwrap().file_name();
            name.to_str().unwrap().ends_with(".holder")
        })
    }
}
