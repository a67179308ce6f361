//! A store in Redis: connections, scripts and keys, settings, and failures in our own words.

mod connection;
mod connections;
mod failure;
mod setting;

use std::fmt;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::renewal::millis;
use jumpqr_core::{PaceReply, PaceRequest, SharedPace};
use redis::{RedisResult, Script};

use self::connection::Connection;
use self::connections::Connections;
use self::setting::Setting;
use super::{Key, Lease, PaceStore, StoredRecord, TokenStore, check_length};

/// The longest life of a lease in Redis: a year. Redis refuses much larger numbers.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Keeps tokens in Redis, for the machines of a fleet: Redis 5 or newer, or a compatible server
/// such as Valkey. It may be used from any number of threads at once, and in a forked child.
///
/// The setting is one of these:
///
/// - `redis://[user:password@]host[:port][/db]`
/// - `rediss://…`, the same with TLS
/// - `redis+unix:///path/of/the.socket`, with user, password and database in the query parameters
///   `user`, `pass` and `db`
///
/// In a user or password, every character but letters and digits must be percent-encoded. Further
/// query parameters:
///
/// - `prefix`: the beginning of the names of all keys; `jumpqr:` by default
/// - `tls_roots`: with `rediss://`, the absolute path of a PEM file with certificates, which are
///   trusted instead of the bundled ones
///
/// A connection is opened when it is needed, so Redis may be down when the store is opened. One
/// access (resolving the name, connecting, TLS, the login and the replies) may take 2 s, and no
/// longer than its timeout. No more is read than the longest record has. TLS uses the default
/// cryptography provider of rustls in this process; if there is none, ring.
///
/// # Settings of Redis
///
/// - `maxmemory-policy noeviction`: with another policy, Redis may drop tokens and leases when its
///   memory is full.
/// - `appendonly yes`: without it, tokens do not survive a restart of Redis. With
///   `appendfsync everysec`, the default, a power failure may lose the last second. A merchant's
///   refresh token that is lost this way must be looked up at WeChat. `appendfsync always` avoids
///   that.
/// - `min-replicas-to-write 1`, if there are replicas. Replicas receive a write a little later, so
///   a failover may lose the last write, and with it a lease or a refresh token. This setting makes
///   that rarer, but cannot rule it out.
///
/// A user of its own needs only these rights (Redis 6 or newer):
///
/// ```text
/// ACL SETUSER jumpqr on >PASSWORD ~jumpqr:* +select +evalsha +script|load +hmget +hget +hset +hdel +exists +get +set +del +time
/// ```
///
/// # Keys in Redis
///
/// For each [`Key`], there is a hash `jumpqr:{NAME}` with the record and the fence of the last
/// lease; it never expires. While a lease is held, there is also `jumpqr:{NAME}:lease`, which
/// expires by itself. For each account and interface that is called, there is
/// `jumpqr:{pace-APPID}:PATH` with the pace that clients share, which expires, too. All times are
/// those of Redis' own clock, so a [`Clock`](crate::Clock) has no
/// effect on leases. The braces put both keys into one slot of a cluster, for proxies of a cluster.
/// The nodes of a cluster themselves are not supported.
pub struct RedisStore {
    connections: Connections,
    name: String,
    prefix: String,
    lock: Script,
    save: Script,
    release: Script,
    pace: Script,
}

impl RedisStore {
    /// Makes the store that this setting names. It does not connect yet.
    ///
    /// A setting that cannot be parsed is refused as `invalid_config`. The error does not repeat
    /// it, because it may hold a password.
    pub fn open(setting: &str) -> Result<Self> {
        let Setting {
            server,
            name,
            prefix,
        } = Setting::parse(setting)?;
        Ok(Self {
            connections: Connections::new(server),
            name,
            prefix,
            lock: Script::new(include_str!("lock.lua")),
            save: Script::new(include_str!("save.lua")),
            release: Script::new(include_str!("release.lua")),
            pace: Script::new(include_str!("pace.lua")),
        })
    }

    /// The braces put both keys into one slot of a cluster.
    fn record_key(&self, key: &Key) -> String {
        format!("{}{{{}}}", self.prefix, key.name())
    }

    fn lease_key(&self, key: &Key) -> String {
        format!("{}:lease", self.record_key(key))
    }

    /// The braces let the nodes of a cluster share the accounts.
    fn pace_key(&self, account: &Key, path: &str) -> String {
        format!("{}:{path}", self.record_key(account))
    }

    /// Runs a command, at most twice. Running a script again is harmless. At worst, a lease whose
    /// fence was lost lasts until it expires.
    fn run<T>(
        &self,
        key: &Key,
        timeout: Duration,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T> {
        self.connections.run(timeout, command).map_err(|error| {
            if failure::is_damaged_record(&error) {
                self.damaged_record(key)
            } else {
                failure::describe(&error, &self.connections.server.endpoint, &self.prefix)
            }
        })
    }

    fn damaged_record(&self, key: &Key) -> Error {
        Error::new(
            OwnCode::StoreDamaged,
            format!(
                "token_store: in Redis at {}, {} is damaged: it does not hold what the store wrote",
                self.connections.server.endpoint,
                self.record_key(key)
            ),
        )
    }
}

impl TokenStore for RedisStore {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn pace_store(&self) -> Option<&dyn PaceStore> {
        Some(self)
    }

    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<StoredRecord>> {
        let (version, bytes): (Option<Vec<u8>>, Option<Vec<u8>>) =
            self.run(key, timeout, |connection| {
                redis::cmd("HMGET")
                    .arg(self.record_key(key))
                    .arg(&["version", "bytes"])
                    .query(connection)
            })?;
        let (version, bytes) = match (version, bytes) {
            (None, None) => return Ok(None),
            (Some(version), Some(bytes)) => (version, bytes),
            _ => return Err(self.damaged_record(key)),
        };
        let version = std::str::from_utf8(&version)
            .ok()
            .and_then(|version| version.parse().ok())
            .ok_or_else(|| self.damaged_record(key))?;
        Ok(Some(StoredRecord { bytes, version }))
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        let life_ms = millis(life.min(LONGEST_LIFE));
        let fence: Option<u64> = self.run(key, timeout, |connection| {
            self.lock
                .key(self.record_key(key))
                .key(self.lease_key(key))
                .arg(life_ms)
                .invoke(connection)
        })?;
        match fence {
            Some(0) => Err(self.damaged_record(key)),
            fence => Ok(fence.map(Lease::new)),
        }
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        check_length(bytes)?;
        self.run(key, timeout, |connection| {
            self.save
                .key(self.record_key(key))
                .arg(lease.fence())
                .arg(bytes)
                .invoke(connection)
        })
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        let _was_held: bool = self.run(key, timeout, |connection| {
            self.release
                .key(self.record_key(key))
                .key(self.lease_key(key))
                .arg(lease.fence())
                .invoke(connection)
        })?;
        Ok(())
    }
}

impl PaceStore for RedisStore {
    fn pace(
        &self,
        account: &Key,
        path: &str,
        request: PaceRequest,
        timeout: Duration,
    ) -> Result<PaceReply> {
        let (action, ticket, number) = match request {
            PaceRequest::Reserve {
                ticket,
                longest_wait,
            } => ("reserve", ticket, millis(longest_wait)),
            PaceRequest::GiveBack { ticket, start_ms } => {
                ("give_back", ticket, start_ms.unwrap_or(0))
            }
            PaceRequest::Hold => ("hold", 0, 0),
        };
        let (code, value): (u8, u64) = self.run(account, timeout, |connection| {
            self.pace
                .key(self.pace_key(account, path))
                .arg(action)
                .arg(ticket)
                .arg(number)
                .arg(SharedPace::CALLS_PER_WINDOW)
                .arg(millis(SharedPace::WINDOW))
                .arg(millis(SharedPace::ASK_AGAIN))
                .arg(millis(SharedPace::GRACE))
                .invoke(connection)
        })?;
        Ok(match code {
            0 => PaceReply::Slot { start_ms: value },
            1 => PaceReply::Wait(Duration::from_millis(value)),
            2 => PaceReply::TooLate,
            _ => PaceReply::Done,
        })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
