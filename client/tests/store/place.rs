//! Where a store lies that processes share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::store::{self, TokenStore};
use tempfile::TempDir;

use crate::LONG;
#[cfg(feature = "redis")]
use crate::redis::server::RedisServer;

/// A new store, and a folder for what the processes share besides.
pub(crate) struct Place {
    pub(crate) setting: String,
    pub(crate) folder: TempDir,
    /// For how long parts lock a key: where a dead holder is not seen, the next one waits that long.
    pub(crate) lease: Duration,
    #[cfg(feature = "redis")]
    server: Option<RedisServer>,
}

impl Place {
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

    /// The file for what the processes share besides.
    pub(crate) fn shared_file(&self) -> PathBuf {
        self.folder.path().join("shared")
    }

    /// Whether somebody holds a lease, or held it when he died.
    pub(crate) fn is_held(&self) -> bool {
        #[cfg(feature = "redis")]
        if let Some(server) = &self.server {
            return server.keys().iter().any(|key| key.ends_with(":lease"));
        }
        let tokens = self.folder.path().join("tokens");
        std::fs::read_dir(tokens).unwrap().any(|file| {
            let name = file.unwrap().file_name();
            name.to_str().unwrap().ends_with(".holder")
        })
    }
}
