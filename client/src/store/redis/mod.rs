mod connection;
mod connections;
mod failure;
mod setting;

use std::fmt;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use redis::{RedisResult, Script};

use self::connection::Connection;
use self::connections::Connections;
use self::setting::Setting;
use super::{Key, Lease, StoredRecord, TokenStore, check_length};

/// The longest life of a lease that Redis is asked for: a year. It refuses numbers that are far larger.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Keeps tokens in Redis: for the machines of a fleet. Redis 5 or newer, or what speaks as it does, such as Valkey.
///
/// The setting is `redis://[user:password@]host[:port][/db]`, `rediss://…` for TLS, or `redis+unix:///path/of/the.socket`, whose
/// user, password and database are the query parameters `user`, `pass` and `db`. What is not a letter or digit in a user
/// or password is percent-encoded. Further query parameters:
///
/// - `prefix`: what the names of all keys begin with; `jumpqr:` by default
/// - `ca`: with `rediss://`, the absolute path of a file with the certificates, in PEM, that are trusted instead of the bundled
///   authorities'
///
/// Connections are opened when they are needed, so Redis may be down when the store is made, and
/// come and go. Everything that one access needs (resolving the name, connecting, TLS, the login,
/// the answers) may take 2 s together, and no longer than the time that is left. Not more than a
/// record may have is read. TLS uses the cryptography that the process has chosen for rustls; where
/// it has chosen none, ring.
///
/// # What Redis must be set to
///
/// - `maxmemory-policy noeviction`: with another policy, Redis may drop tokens and locks when its memory is full.
/// - `appendonly yes`, so that the tokens survive its restart; with `appendfsync everysec`, its default, a machine that loses
///   power may lose the last second. A merchant's refresh token that is lost so must be looked up at WeChat;
///   `appendfsync always` spares that.
/// - Replicas get what is written a little later. A failover to one may lose the last write, and with it a lock or a
///   refresh token; `min-replicas-to-write 1` makes that rarer, and does not rule it out.
///
/// A user of its own needs no more than this (Redis 6 or newer):
///
/// ```text
/// ACL SETUSER jumpqr on >PASSWORD ~jumpqr:* +select +evalsha +script|load +hmget +hget +hset +hdel +exists +set +del +time
/// ```
///
/// # What it holds
///
/// For each [`Key`] a hash, `jumpqr:{NAME}`, that never expires, with the record and the number of the last lease; while a
/// lease is held, beside it `jumpqr:{NAME}:lease`, which expires by itself. The times are those of Redis' own clock. All of a
/// key is in one slot of a cluster, for proxies that stand before one; a cluster's nodes themselves are not supported.
pub struct RedisStore {
    connections: Connections,
    name: String,
    prefix: String,
    lock: Script,
    save: Script,
    release: Script,
}

impl RedisStore {
    /// The store that this setting names. It does not connect yet.
    ///
    /// A setting that cannot be read is refused as `invalid_config`, without being repeated: it may hold a password.
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
        })
    }

    /// The braces make both keys fall into one slot.
    fn record_key(&self, key: &Key) -> String {
        format!("{}{{{}}}", self.prefix, key.name())
    }

    fn lease_key(&self, key: &Key) -> String {
        format!("{}:lease", self.record_key(key))
    }

    /// Whatever a script does, doing it once more changes nothing: at worst, a lease whose fence got lost lasts its life.
    fn run<T>(
        &self,
        key: &Key,
        timeout: Duration,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T> {
        self.connections.run(timeout, command).map_err(|error| {
            if failure::is_about_the_record(&error) {
                self.damaged(key)
            } else {
                failure::told(&error, &self.connections.server().place, &self.prefix)
            }
        })
    }

    fn damaged(&self, key: &Key) -> Error {
        Error::new(
            OwnCode::StoreDamaged,
            format!(
                "token_store: in Redis at {}, {} is damaged: it does not hold what the store wrote",
                self.connections.server().place,
                self.record_key(key)
            ),
        )
    }
}

impl TokenStore for RedisStore {
    fn name(&self) -> String {
        self.name.clone()
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
            _ => return Err(self.damaged(key)),
        };
        let version = std::str::from_utf8(&version)
            .ok()
            .and_then(|version| version.parse().ok())
            .ok_or_else(|| self.damaged(key))?;
        Ok(Some(StoredRecord { bytes, version }))
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        let life_ms = u64::try_from(life.min(LONGEST_LIFE).as_millis()).unwrap_or(u64::MAX);
        let fence: Option<u64> = self.run(key, timeout, |connection| {
            self.lock
                .key(self.record_key(key))
                .key(self.lease_key(key))
                .arg(life_ms)
                .invoke(connection)
        })?;
        match fence {
            Some(0) => Err(self.damaged(key)),
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

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
