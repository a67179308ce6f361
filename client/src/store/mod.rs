//! Where tokens are kept, so that threads, processes and machines share them.
//!
//! A store may also be a [`PaceStore`]: then its clients together call no interface of an account
//! more often than WeChat allows.
//!
//! A [`TokenStore`] holds one [`StoredRecord`] for each [`Key`]. To change a record, a process
//! first locks its key, and gets a [`Lease`]. The lease ends when it is released, when it expires,
//! and, if the store can tell, when its holder dies. Each lease has a number, its fence, which only
//! grows: after another lease was granted, the former holder can no longer write.
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
mod pace;
mod password;
#[cfg(feature = "redis")]
mod redis;

#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use directory::DirectoryStore;
pub use jumpqr_core::renewal::StoredRecord;
pub use jumpqr_core::{PaceReply, PaceRequest, SharedPace};
pub use key::Key;
pub use memory::MemoryStore;
pub use pace::PaceStore;
pub use password::may_hold_password;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, OwnCode, Result};

use crate::checks::refuse;
use crate::clock::{Clock, SystemClock};

/// The longest record, in bytes: 1 MiB. A longer one is not saved.
pub const LONGEST_RECORD: usize = 1024 * 1024;

/// Keeps tokens. It is used from many threads at once. No method waits longer than its `timeout`,
/// and none waits for a lease.
///
/// A failure is an error of the kind [`Store`](jumpqr_core::ErrorKind::Store). Its texts hold
/// nothing of a record.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Returns the setting `token_store` that names this store, without a password.
    fn name(&self) -> String;

    /// Returns whether all processes that share the store are on one machine. Then what WeChat says
    /// about the machine's IP address is true for all of them.
    fn is_of_one_machine(&self) -> bool {
        false
    }

    /// Returns whether records outlive the process. A store in the process's own memory returns
    /// `false`.
    fn is_persistent(&self) -> bool {
        true
    }

    /// Returns the store as one that keeps the pace of calls, too. `None` if it does not: then each
    /// client paces alone. An event loop asks a [persistent](Self::is_persistent) store on a thread,
    /// and any other one at once.
    fn pace_store(&self) -> Option<&dyn PaceStore> {
        None
    }

    /// Returns the record that was saved last; `None` if none was. It needs no lease, and never
    /// returns a part of a record.
    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<StoredRecord>>;

    /// Locks the key for `life`. Returns `None` if another holder has a lease.
    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>>;

    /// Replaces the record; when this returns, it is durable. Returns `false`, and writes nothing,
    /// if the lease was released or another was granted since. A record that is longer than
    /// [`LONGEST_RECORD`] is refused.
    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool>;

    /// Unlocks the key. If another lease was granted since, that one stays.
    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()>;
}

/// The right to write the record of a key, until it is released, expires, or another lease is
/// granted.
pub struct Lease {
    fence: u64,
    _guard: Option<Box<dyn Any + Send + Sync>>,
}

impl Lease {
    /// Makes a lease with this number.
    #[must_use]
    pub fn new(fence: u64) -> Self {
        Self {
            fence,
            _guard: None,
        }
    }

    /// Makes a lease that keeps `guard` until it is released or dropped: for example a locked file,
    /// by which other processes see that the holder is alive.
    pub fn with_guard(fence: u64, guard: impl Any + Send + Sync) -> Self {
        Self {
            fence,
            _guard: Some(Box::new(guard)),
        }
    }

    /// Returns the lease's number. It is greater than that of every earlier lease of the key.
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

/// Opens the store that the setting `token_store` names:
///
/// - `memory:` — a new [`MemoryStore`], in this process only
/// - `dir:/absolute/path` — a [`DirectoryStore`] in this folder
/// - `redis://[user:password@]host[:port][/db]`, `redis+unix:///path`,
///   `redis+sentinel://[user:password@]host,host/master[/db]`, or
///   `redis+cluster://[user:password@]host,host`; with `rediss` for TLS — a `RedisStore`, with the
///   feature `redis`
///
/// Any other setting is refused as `invalid_config`. The error does not repeat the setting, which
/// may hold a password.
pub fn open(token_store: &str) -> Result<Arc<dyn TokenStore>> {
    open_with_clock(token_store, Arc::new(SystemClock::default()))
}

/// Opens a store as [`open`] does. Its leases expire by this clock's time of day. Those in Redis
/// expire by the clock of Redis.
pub fn open_with_clock(token_store: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn TokenStore>> {
    match token_store.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::with_clock(clock))),
        Some(("dir", path)) => Ok(Arc::new(DirectoryStore::open_with_clock(path, clock)?)),
        Some((
            "redis" | "rediss" | "redis+unix" | "redis+sentinel" | "rediss+sentinel"
            | "redis+cluster" | "rediss+cluster",
            _,
        )) => open_redis(token_store),
        _ => Err(refuse(Finding::new(
            "token_store",
            FindingCode::UnknownValue,
            "give memory:, dir:/absolute/path, or redis://host",
        ))),
    }
}

#[cfg(feature = "redis")]
fn open_redis(token_store: &str) -> Result<Arc<dyn TokenStore>> {
    Ok(Arc::new(RedisStore::open(token_store)?))
}

#[cfg(not(feature = "redis"))]
fn open_redis(_: &str) -> Result<Arc<dyn TokenStore>> {
    Err(crate::checks::unusable(
        "token_store",
        "redis:// needs the feature `redis` of the crate jumpqr; build with it",
    ))
}
