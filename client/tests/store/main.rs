//! The token stores: what each promises, and what the shared ones promise to several processes.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "redis")]
mod burst;
mod contract;
mod crash;
mod directory;
mod fleet;
mod lock;
#[path = "../manual_clock/mod.rs"]
mod manual_clock;
mod merchants;
mod pace;
mod process;
#[cfg(feature = "redis")]
mod redis;
mod rotation;
mod shared_store;
mod wechat;

use std::time::Duration;

use jumpqr::store::{DirectoryStore, Key, TokenStore};
use tempfile::TempDir;

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);

fn key() -> Key {
    Key::new("stable_token", "wx1234567890abcdef", &[]).unwrap()
}

/// Opens a store in a new folder.
fn directory_store() -> (TempDir, DirectoryStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryStore::open(folder.path().join("tokens")).unwrap();
    (folder, store)
}

/// Saves a record under a new lease.
fn put(store: &dyn TokenStore, bytes: &[u8]) {
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(store.save(&key(), bytes, &lease, LONG).unwrap());
    store.release(&key(), lease, LONG).unwrap();
}

fn get(store: &dyn TokenStore) -> Option<Vec<u8>> {
    store.load(&key(), LONG).unwrap().map(|record| record.bytes)
}
