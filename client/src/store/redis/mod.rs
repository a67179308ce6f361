//! A store in Redis: the server for a key, connections, scripts, settings, and failures in our own
//! words.

mod address;
mod connection;
mod connections;
mod failure;
mod fleet;
mod setting;

use std::fmt;
use std::time::{Duration, Instant};

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::renewal::millis;
use jumpqr_core::{PaceReply, PaceRequest, SharedPace};
use redis::{RedisResult, Script};

use self::connection::Connection;
use self::fleet::Fleet;
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
/// - `redis+unix:///path/of/the.socket`, with user, password and database in the query parameters
///   `user`, `pass` and `db`
/// - `redis+sentinel://[user:password@]host[:port],host[:port]/master[/db]`: the master with this
///   name, which these sentinels (port 26379) name
/// - `redis+cluster://[user:password@]host[:port],host[:port]`: the cluster to which these nodes
///   belong; the other nodes are learned from them
///
/// With `rediss` instead of `redis`, TLS is used: with each server, and with the sentinels. The
/// forms are those of other programs, such as Prefect and the Python package Redis-Sentinel-Url.
///
/// In a user or password, every character but letters and digits must be percent-encoded. Further
/// query parameters:
///
/// - `prefix`: the beginning of the names of all keys; `jumpqr:` by default
/// - `replicas`: how many replicas must have received a lease or record before it counts; 0 by
///   default
/// - `sentinel_username` and `sentinel_password`: the login at the sentinels; none by default
/// - `tls_roots`: with TLS, the absolute path of a PEM file with certificates, which are trusted
///   instead of the bundled ones
///
/// A connection is opened when it is needed, so Redis may be down when the store is opened. One
/// access (finding the server, resolving its name, connecting, TLS, the login and the replies) may
/// take 2 s, and no longer than its timeout. No more is read than the longest record has. TLS uses
/// the default cryptography provider of rustls in this process; if there is none, ring.
///
/// # Settings of Redis
///
/// - `maxmemory-policy noeviction`: with another policy, Redis may drop tokens and leases when its
///   memory is full.
/// - `appendonly yes`: without it, tokens do not survive a restart of Redis. With
///   `appendfsync everysec`, the default, a power failure may lose the last second. A merchant's
///   refresh token that is lost this way must be looked up at WeChat. `appendfsync always` avoids
///   that.
/// - `min-replicas-to-write 1`, if there are replicas: a former master that is cut off from them
///   soon refuses writes.
///
/// # When a replica is promoted
///
/// A replica receives a write a little later than the master. If the master dies in between, the
/// promoted replica does not have it.
///
/// - With `replicas=1`, a lease is granted, and a record is saved, only when a replica has received
///   it (`WAIT`). Sentinels and clusters promote the replica that has received most. So a lease and
///   a record survive, unless that replica is lost, too. If too few replicas receive a write in
///   time, the access fails.
/// - Without it, a lease may be lost. Then two holders renew at the same time, and only the one that
///   the new master knows can save: [`save`](TokenStore::save) returns `false` for the other. A
///   record may be lost, too, and the one before it is there again.
/// - Fences follow the time of day of the master in microseconds. So a promoted replica grants a
///   higher fence, unless its clock is behind by more than the promotion took. Even then, a lost
///   lease cannot write: a fence must be equal to the last one that was granted.
/// - Leases end by the clock of the master. Keep the clocks of the machines in step.
///
/// On each new connection, `ROLE` must say that the server is the master. The sentinels are asked
/// again after each failure, and every 5 s. A cluster says itself when a slot has moved.
///
/// # Rights
///
/// A user of its own needs only these rights (Redis 6 or newer):
///
/// ```text
/// ACL SETUSER jumpqr on >PASSWORD ~jumpqr:* +select +evalsha +script|load +hmget +hget +hset +hdel +get +set +time +role +wait +asking +cluster|slots
/// ```
///
/// At a sentinel, this user needs `+sentinel|get-master-addr-by-name`.
///
/// # Keys in Redis
///
/// For each [`Key`], there is a hash `jumpqr:{NAME}` with the record, and with the fence and the end
/// of the last lease. It never expires. For each account and interface that is called, there is
/// `jumpqr:{pace-APPID}:PATH` with the pace that clients share, which expires. All times are those
/// of Redis' own clock, so a [`Clock`](crate::Clock) has no effect on leases. The name in braces,
/// the hash tag, chooses the slot of a cluster. So the keys of different accounts are on different
/// nodes.
pub struct RedisStore {
    fleet: Fleet,
    name: String,
    prefix: String,
    /// How many replicas must have received a lease or record.
    replicas: u32,
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
            fleet,
            name,
            prefix,
            replicas,
        } = Setting::parse(setting)?;
        Ok(Self {
            fleet,
            name,
            prefix,
            replicas,
            lock: Script::new(include_str!("lock.lua")),
            save: Script::new(include_str!("save.lua")),
            release: Script::new(include_str!("release.lua")),
            pace: Script::new(include_str!("pace.lua")),
        })
    }

    /// The braces make the name the hash tag, which chooses the slot of a cluster.
    fn record_key(&self, key: &Key) -> String {
        format!("{}{{{}}}", self.prefix, key.name())
    }

    fn pace_key(&self, account: &Key, path: &str) -> String {
        format!("{}:{path}", self.record_key(account))
    }

    /// Runs a command on the server for this key. It may be run more than once, after a failure:
    /// running a script again is harmless. At worst, a lease whose fence was lost lasts until it
    /// expires.
    fn run<T>(
        &self,
        key: &Key,
        timeout: Duration,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T> {
        self.fleet
            .run(key.name(), timeout, &command)
            .map_err(|failure| {
                if failure.is_damaged_record() {
                    self.damaged_record(key)
                } else {
                    failure.describe(&self.prefix)
                }
            })
    }

    /// Runs a command that writes. If it did, waits until enough replicas have received it. Also
    /// returns the error if they have not.
    fn write<T>(
        &self,
        key: &Key,
        timeout: Duration,
        is_written: impl Fn(&T) -> bool,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<(T, Result<()>)> {
        let (output, replicas) = self.run(key, timeout, |connection| {
            let output = command(connection)?;
            let replicas = if self.replicas > 0 && is_written(&output) {
                connection.wait_for_replicas(self.replicas)?
            } else {
                self.replicas
            };
            Ok((output, replicas))
        })?;
        let received = if replicas < self.replicas {
            Err(Error::new(
                OwnCode::StoreFailed,
                format!(
                    "token_store: {} wrote it, but {replicas} of its replicas received it in time, \
                     and replicas={} is set; check the replicas",
                    self.fleet.place(),
                    self.replicas
                ),
            ))
        } else {
            Ok(())
        };
        Ok((output, received))
    }

    fn damaged_record(&self, key: &Key) -> Error {
        Error::new(
            OwnCode::StoreDamaged,
            format!(
                "token_store: in {}, {} is damaged: it does not hold what the store wrote",
                self.fleet.place(),
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
        let begun = Instant::now();
        let life_ms = millis(life.min(LONGEST_LIFE));
        let is_granted = |fence: &Option<u64>| fence.is_some_and(|fence| fence > 0);
        let (fence, received) = self.write(key, timeout, is_granted, |connection| {
            self.lock
                .key(self.record_key(key))
                .arg(life_ms)
                .invoke(connection)
        })?;
        if fence == Some(0) {
            return Err(self.damaged_record(key));
        }
        let lease = fence.map(Lease::new);
        match (lease, received) {
            (lease, Ok(())) => Ok(lease),
            (lease, Err(error)) => {
                if let Some(lease) = lease {
                    // A lease that cannot be released expires.
                    let timeout = timeout.min(fleet::TIMEOUT).saturating_sub(begun.elapsed());
                    let _ = self.release(key, lease, timeout);
                }
                Err(error)
            }
        }
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        check_length(bytes)?;
        let is_written = |&is_written: &bool| is_written;
        let (is_saved, received) = self.write(key, timeout, is_written, |connection| {
            self.save
                .key(self.record_key(key))
                .arg(lease.fence())
                .arg(bytes)
                .invoke(connection)
        })?;
        received.map(|()| is_saved)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        let _was_held: bool = self.run(key, timeout, |connection| {
            self.release
                .key(self.record_key(key))
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
