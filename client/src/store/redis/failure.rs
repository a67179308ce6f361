//! Describes failures of Redis in our own words. Redis' texts are not repeated: some quote the
//! command, and with it the record.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use jumpqr_core::error::{Error, OwnCode};
use redis::{ErrorKind, RedisError};

use super::address::Address;

/// The rights that the Redis user needs.
const COMMANDS: &str = "+select +evalsha +script|load +hmget +hget +hset +hdel +get +set +time \
                        +role +wait +asking +cluster|slots";

/// A hint for many failures: plain text on a TLS port, or TLS on a plain port, fails in many
/// different ways.
const CHECK_TLS: &str = "whether it expects TLS (rediss://) or not (redis://)";

/// What a server is to the store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// The only one.
    Redis,
    /// The master that sentinels name.
    Master,
    /// A node of a cluster.
    Node,
    Sentinel,
}

/// Why each of several servers did not answer a question.
pub(super) type Refusals = Vec<(Address, RedisError)>;

/// Why there is no output of a command.
pub(super) enum Failure {
    /// It failed on the server at this address.
    Command {
        server: Server,
        address: Address,
        error: RedisError,
    },
    /// No sentinel names a master. For each, why not.
    NoMaster { master: String, refusals: Refusals },
    /// No node of the cluster says which node has which keys. For each, why not.
    NoNode { refusals: Refusals },
}

impl Failure {
    pub(super) fn command(server: Server, address: &Address, error: RedisError) -> Self {
        Self::Command {
            server,
            address: address.clone(),
            error,
        }
    }

    /// Returns whether the key holds something that no store has written: another type, or more
    /// than the longest record.
    pub(super) fn is_damaged_record(&self) -> bool {
        let Self::Command { error, .. } = self else {
            return false;
        };
        let is_too_long =
            io_cause(error).is_some_and(|cause| cause.kind() == io::ErrorKind::FileTooLarge);
        is_too_long || reply_code(error).as_deref() == Some(WRONG_TYPE)
    }

    /// Returns the error to report.
    pub(super) fn describe(&self, prefix: &str) -> Error {
        let (message, is_permanent) = match self {
            Self::Command {
                server,
                address,
                error,
            } => (
                format!("Redis at {address} {}", reason(*server, error, prefix)),
                is_permanent(*server, error),
            ),
            Self::NoMaster { master, refusals } => (
                format!(
                    "no sentinel names the master {master}: {}",
                    reasons(Server::Sentinel, refusals, prefix)
                ),
                all_are_permanent(Server::Sentinel, refusals),
            ),
            Self::NoNode { refusals } => (
                format!(
                    "no node of the Redis cluster names the others: {}",
                    reasons(Server::Node, refusals, prefix)
                ),
                all_are_permanent(Server::Node, refusals),
            ),
        };
        let failure = Error::new(OwnCode::StoreFailed, format!("token_store: {message}"));
        if is_permanent {
            failure
                .with_retryable(false)
                .with_advice("Correct Redis or the setting token_store as the message says.")
        } else {
            failure
        }
    }
}

/// Describes the failures of several servers. Those with the same reason are named together.
fn reasons(server: Server, refusals: &[(Address, RedisError)], prefix: &str) -> String {
    let mut reasons: Vec<(String, String)> = Vec::new();
    for (address, error) in refusals {
        let reason = reason(server, error, prefix);
        match reasons.iter_mut().find(|(_, known)| *known == reason) {
            Some((addresses, _)) => *addresses = format!("{addresses}, {address}"),
            None => reasons.push((address.to_string(), reason)),
        }
    }
    let reasons: Vec<_> = reasons
        .iter()
        .map(|(addresses, reason)| format!("the one at {addresses} {reason}"))
        .collect();
    reasons.join("; ")
}

fn all_are_permanent(server: Server, refusals: &[(Address, RedisError)]) -> bool {
    refusals
        .iter()
        .all(|(_, error)| is_permanent(server, error))
}

/// The error code of Redis for a key whose type does not fit the command.
const WRONG_TYPE: &str = "WRONGTYPE";

/// Returns the error of the operating system, if there is one.
fn io_cause(error: &RedisError) -> Option<&io::Error> {
    error
        .source()
        .and_then(|source| source.downcast_ref::<Arc<dyn std::error::Error + Send + Sync>>())
        .and_then(|cause| cause.downcast_ref::<io::Error>())
}

/// Returns whether the failure lasts until Redis or the setting is changed.
fn is_permanent(server: Server, error: &RedisError) -> bool {
    let detail = error.detail().unwrap_or_default();
    error.kind() == ErrorKind::AuthenticationFailed
        || error.kind() == ErrorKind::MasterNameNotFoundBySentinel
        || detail.contains("DB index")
        || detail.contains(NO_CLUSTER)
        || reply_code(error).is_some_and(|code| {
            ["NOAUTH", "NOPERM", "WRONGPASS", "DENIED"].contains(&code.as_str())
                || (code == "MOVED" && server != Server::Node)
        })
}

fn reason(server: Server, error: &RedisError, prefix: &str) -> String {
    if error.is_timeout() {
        return format!(
            "did not reply in time; check whether it is reachable, overloaded or paused, and \
             {CHECK_TLS}"
        );
    }
    if let Some(code) = reply_code(error) {
        return reply_reason(server, &code, error.detail().unwrap_or_default(), prefix);
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed if server == Server::Sentinel => {
            "refuses the user and password; give sentinel_username and sentinel_password as the \
             sentinels have them, or neither if they have no passwords"
                .to_owned()
        }
        ErrorKind::AuthenticationFailed => {
            "refuses the user and password; give those of an existing user, or none if it has no \
             passwords"
                .to_owned()
        }
        ErrorKind::MasterNameNotFoundBySentinel => {
            "knows no master with this name; give the name that is in its sentinel monitor"
                .to_owned()
        }
        ErrorKind::Io => io_reason(error),
        _ => format!(
            "does not reply as Redis does; check whether it is Redis that listens there, and \
             {CHECK_TLS}"
        ),
    }
}

/// Describes a failure of the connection. The texts of the operating system and of rustls hold
/// nothing of what was sent.
fn io_reason(error: &RedisError) -> String {
    if error.is_connection_refusal() {
        return "cannot be reached: nothing listens there; check whether it is running".to_owned();
    }
    if error.is_connection_dropped() {
        return format!("closed the connection; check its log, and {CHECK_TLS}");
    }
    match io_cause(error) {
        Some(cause) => {
            format!("cannot be reached: {cause}; check the address, and the network to it")
        }
        None => "cannot be reached; check the address, and the network to it".to_owned(),
    }
}

/// Returns the code of an error reply, its first word. Before Redis 7, the code of a command in a
/// script stands somewhere in the text.
fn reply_code(error: &RedisError) -> Option<String> {
    let code = error.code()?;
    let detail = error.detail().unwrap_or_default();
    let inner = || {
        detail
            .split(|letter: char| !letter.is_ascii_uppercase())
            .find(|word| {
                *word == WRONG_TYPE || REPLY_REASONS.iter().any(|(known, _)| known == word)
            })
    };
    let code = match code {
        "ERR" if detail.contains("user executing the script") => "NOPERM",
        // Both name another node.
        "ASK" => "MOVED",
        "ERR" => inner().unwrap_or(code),
        code => code,
    };
    Some(code.to_owned())
}

/// What a Redis says, in an error reply, if it is no node of a cluster.
const NO_CLUSTER: &str = "cluster support disabled";

/// The codes of error replies, and what each says about Redis.
const REPLY_REASONS: [(&str, &str); 12] = [
    (
        "BUSY",
        "is busy with a script that does not end; check what runs there",
    ),
    (
        "CLUSTERDOWN",
        "is a node of a cluster that is down; check the cluster",
    ),
    (
        "DENIED",
        "accepts no connections from other machines, because it has no password (protected mode); \
         give it a user with a password",
    ),
    ("LOADING", "is still loading its data; call again later"),
    (
        "MASTERDOWN",
        "is a replica that has lost its master; check the master",
    ),
    (
        "MISCONF",
        "cannot write to its disk, and therefore refuses changes; check its log",
    ),
    (
        "MOVED",
        "is a node of a cluster; give redis+cluster:// with the addresses of some of its nodes",
    ),
    (
        "NOAUTH",
        "requires a password; give user:password@ before the host, or :password@ without a user",
    ),
    (
        "NOREPLICAS",
        "has too few replicas to accept changes; check them, or min-replicas-to-write",
    ),
    (
        "OOM",
        "is out of memory; raise its maxmemory, or remove data from it",
    ),
    (
        "READONLY",
        "is a replica, which accepts no changes; give the address of the master, or \
         redis+sentinel:// with those of its sentinels",
    ),
    (
        "TRYAGAIN",
        "passes these keys on to another node of the cluster; call again later",
    ),
];

/// Describes an error reply.
fn reply_reason(server: Server, code: &str, detail: &str, prefix: &str) -> String {
    let of_server = match (server, code) {
        (Server::Sentinel, "NOAUTH") => Some(
            "requires a password; give sentinel_password, and sentinel_username if it has users",
        ),
        (Server::Sentinel, "NOPERM") => Some(
            "denies this user a right that the store needs; as its administrator, run: \
             ACL SETUSER USER +sentinel|get-master-addr-by-name",
        ),
        (Server::Sentinel, "ERR") => {
            Some("refuses the command; check whether it is a sentinel, and its log")
        }
        (Server::Master, "READONLY") => Some(
            "is a replica, and the sentinels have not yet named another master; call again later",
        ),
        (Server::Node, "MOVED") => Some(
            "and other nodes of the cluster do not agree which has this key; check the cluster",
        ),
        (_, "ERR") if detail.contains(NO_CLUSTER) => {
            Some("is not a node of a cluster; give redis:// instead of redis+cluster://")
        }
        _ => None,
    };
    if let Some(reason) = of_server {
        return reason.to_owned();
    }
    if code == "NOPERM" {
        return format!(
            "denies this user a right that the store needs; as its administrator, run: \
             ACL SETUSER USER ~{prefix}* {COMMANDS}"
        );
    }
    if detail.contains("max number of clients") {
        return "has as many clients as it allows; raise its maxclients, or check who they are"
            .to_owned();
    }
    if detail.contains("DB index") {
        return "has no database with this number; give another after the host, or none".to_owned();
    }
    let known = REPLY_REASONS.iter().find(|(known, _)| *known == code);
    known.map_or_else(
        || "refuses the command; check whether it is Redis 5 or newer, and its log".to_owned(),
        |(_, reason)| (*reason).to_owned(),
    )
}
