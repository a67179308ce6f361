//! Describes failures of Redis in our own words. Redis' texts are not repeated: some quote the
//! command, and with it the record.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use jumpqr_core::error::{Error, OwnCode};
use redis::{ErrorKind, RedisError};

/// The rights that the Redis user needs.
const COMMANDS: &str =
    "+select +evalsha +script|load +hmget +hget +hset +hdel +exists +get +set +del +time";

/// A hint for many failures: plain text on a TLS port, or TLS on a plain port, fails in many
/// different ways.
const CHECK_TLS: &str = "whether it expects TLS (rediss://) or not (redis://)";

/// The error code of Redis for a key whose type does not fit the command.
const WRONG_TYPE: &str = "WRONGTYPE";

/// Returns whether the key holds something that no store has written: another type, or more than
/// the longest record.
pub(super) fn is_damaged_record(error: &RedisError) -> bool {
    let is_too_long =
        io_cause(error).is_some_and(|cause| cause.kind() == io::ErrorKind::FileTooLarge);
    is_too_long || reply_code(error).as_deref() == Some(WRONG_TYPE)
}

/// Returns the error of the operating system, if there is one.
fn io_cause(error: &RedisError) -> Option<&io::Error> {
    error
        .source()
        .and_then(|source| source.downcast_ref::<Arc<dyn std::error::Error + Send + Sync>>())
        .and_then(|cause| cause.downcast_ref::<io::Error>())
}

/// Returns the error for a failure of the Redis at `endpoint`.
pub(super) fn describe(error: &RedisError, endpoint: &str, prefix: &str) -> Error {
    let failure = Error::new(
        OwnCode::StoreFailed,
        format!("token_store: Redis at {endpoint} {}", reason(error, prefix)),
    );
    if is_permanent(error) {
        failure
            .with_retryable(false)
            .with_advice("Correct Redis or the setting token_store as the message says.")
    } else {
        failure
    }
}

/// Returns whether the failure lasts until Redis or the setting is changed.
fn is_permanent(error: &RedisError) -> bool {
    let detail = error.detail().unwrap_or_default();
    error.kind() == ErrorKind::AuthenticationFailed
        || detail.contains("DB index")
        || reply_code(error).is_some_and(|code| {
            ["NOAUTH", "NOPERM", "WRONGPASS", "DENIED", "MOVED"].contains(&code.as_str())
        })
}

fn reason(error: &RedisError, prefix: &str) -> String {
    if error.is_timeout() {
        return format!(
            "did not reply in time; check whether it is reachable, overloaded or paused, and \
             {CHECK_TLS}"
        );
    }
    if let Some(code) = reply_code(error) {
        return reply_reason(&code, error.detail().unwrap_or_default(), prefix);
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => {
            "refuses the user and password; give those of an existing user, or none if it has no \
             passwords"
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
        "ERR" => inner().unwrap_or(code),
        code => code,
    };
    Some(code.to_owned())
}

/// The codes of error replies, and what each says about Redis.
const REPLY_REASONS: [(&str, &str); 11] = [
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
        "is a node of a cluster, which is not supported; give the address of a proxy for the \
         cluster, or another Redis",
    ),
    (
        "NOAUTH",
        "requires a password; give redis://user:password@host, or :password@host without a user",
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
        "is a replica, which accepts no changes; give the address of the master",
    ),
];

/// Describes an error reply.
fn reply_reason(code: &str, detail: &str, prefix: &str) -> String {
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
