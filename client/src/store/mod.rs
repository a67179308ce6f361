//! Where tokens are kept, so that threads, processes and machines share them.
//!
//! A [`TokenStore`] holds one [`Record`] for each [`Key`]. Who wants to change a record locks its key first. The lock ends when
//! it is released, when its life is over, and, where the store can tell, when its holder has died; each has a number, its
//! fence, that only grows, so that a holder that has been outlived can no longer write.
//!
//! ```
//! use std::time::Duration;
//! use jumpqr::store::{self, Key};
//!
//! let store = store::open("memory:")?;
//! let timeout = Duration::from_secs(5);
//! let key = Key::new("stable_token", "wx1234567890abcdef", &[])?;
//! if let Some(lease) = store.lock(&key, Duration::from_secs(30), timeout)? {
//!     assert!(store.save(&key, b"something new", &lease, timeout)?);
//!     store.release(&key, lease, timeout)?;
//! }
//! assert_eq!(store.load(&key, timeout)?.unwrap().bytes, b"something new");
//! # Ok::<(), jumpqr::Error>(())
//! ```

mod directory;
mod file;
mod key;
mod leases;
mod lock;
mod memory;
#[cfg(feature = "redis")]
mod redis;

#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use directory::DirectoryStore;
pub use key::Key;
pub use memory::MemoryStore;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};

/// The longest record, in bytes: 1 MiB. A longer one is not saved.
pub const LONGEST_RECORD: usize = 1024 * 1024;

/// Keeps tokens. It is used from many threads at once. No method waits longer than its `timeout`,
/// and none waits for a lease.
///
/// A failure is an error of the kind [`Store`](jumpqr_core::ErrorKind::Store) whose texts hold nothing of a record.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Which store it is, as the setting `token_store` has it, but for a password.
    fn name(&self) -> String;

    /// Whether all who share it are on one machine, so that what WeChat says to the machine's address holds for all of them.
    fn is_of_one_machine(&self) -> bool {
        false
    }

    /// Returns whether records outlive the process. A store in the process's own memory returns
    /// `false`.
    fn is_persistent(&self) -> bool {
        true
    }

    /// What was saved last, whole; `None` where nothing was. It needs no lease.
    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<Record>>;

    /// Locks the key for `life`, or says with `None` that somebody else holds it.
    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>>;

    /// Replaces the record, durably when it returns. Returns `false`, and writes nothing, if the
    /// lease was outlived. A record that is longer than [`LONGEST_RECORD`] is refused.
    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool>;

    /// Unlocks the key. A lease that was outlived leaves the one of its successor alone.
    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()>;
}

/// What a store holds for a key. Its `Debug` says nothing of the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// What was saved.
    pub bytes: Vec<u8>,
    /// The fence of the lease under which it was saved: a later record has a greater one, or the same if the lease is the same.
    pub version: u64,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The right to write a record, until a later lease is given.
pub struct Lease {
    fence: u64,
    _holding: Option<Box<dyn Any + Send + Sync>>,
}

impl Lease {
    /// A lease with this number.
    #[must_use]
    pub fn new(fence: u64) -> Self {
        Self {
            fence,
            _holding: None,
        }
    }

    /// A lease that keeps `holding` until it is released or dropped: a thing by which others see that the holder lives.
    pub fn holding(fence: u64, holding: impl Any + Send + Sync) -> Self {
        Self {
            fence,
            _holding: Some(Box::new(holding)),
        }
    }

    /// Its number: greater than that of every earlier lease of the key.
    #[must_use]
    pub fn fence(&self) -> u64 {
        self.fence
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("fence", &self.fence)
            .finish_non_exhaustive()
    }
}

fn check_length(bytes: &[u8]) -> Result<()> {
    if bytes.len() > LONGEST_RECORD {
        return Err(Error::new(
            OwnCode::StoreFailed,
            format!(
                "token_store: a record may have {LONGEST_RECORD} bytes, and this one has {}",
                bytes.len()
            ),
        )
        .with_retryable(false));
    }
    Ok(())
}

/// Whether a setting may hold a password, and so must not be seen, as what stands on a command line is.
#[must_use]
pub fn may_hold_password(token_store: &str) -> bool {
    !token_store.starts_with("dir:") && (token_store.contains('@') || token_store.contains("pass="))
}

/// The store that the setting `token_store` names:
///
/// - `memory:` — a new one, in this process only
/// - `dir:/absolute/path` — a [`DirectoryStore`] in this folder
/// - `redis://[user:password@]host[:port][/db][?prefix=jumpqr:]`, `rediss://…[?ca=/path]` with TLS, or `redis+unix:///path` — a
///   `RedisStore`, with the feature `redis`
///
/// Anything else is refused, without being repeated: an address may hold a password.
pub fn open(token_store: &str) -> Result<Arc<dyn TokenStore>> {
    match token_store.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::default())),
        Some(("dir", path)) => Ok(Arc::new(DirectoryStore::open(path)?)),
        Some(("redis" | "rediss" | "redis+unix", _)) => open_redis(token_store),
        _ => Err(Error::new(
            OwnCode::InvalidConfig,
            "token_store: give memory:, dir:/absolute/path, or redis://host",
        )),
    }
}

#[cfg(feature = "redis")]
fn open_redis(token_store: &str) -> Result<Arc<dyn TokenStore>> {
    Ok(Arc::new(RedisStore::open(token_store)?))
}

#[cfg(not(feature = "redis"))]
fn open_redis(_: &str) -> Result<Arc<dyn TokenStore>> {
    Err(Error::new(
        OwnCode::InvalidConfig,
        "token_store: redis:// needs the feature `redis` of the crate jumpqr; build with it",
    ))
}
