//! What went wrong at Redis, in words of our own. Redis' texts are not repeated: some quote the command, and with it the
//! record.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use jumpqr_core::error::{Error, OwnCode};
use redis::{ErrorKind, RedisError};

/// What a user of Redis needs the right to run.
const COMMANDS: &str =
    "+select +evalsha +script|load +hmget +hget +hset +hdel +exists +set +del +time";

/// What those who take plain text and those who take TLS do to each other looks like much else.
const SEE_TLS: &str = "whether it wants TLS (rediss://) or not (redis://)";

/// What Redis answers where a key holds something else than the command is for.
const WRONG_TYPE: &str = "WRONGTYPE";

/// Whether the key holds what no store of ours has written: another type, or more than a record.
pub(super) fn is_about_the_record(error: &RedisError) -> bool {
    let is_too_long = cause(error).is_some_and(|cause| cause.kind() == io::ErrorKind::FileTooLarge);
    is_too_long || code(error).as_deref() == Some(WRONG_TYPE)
}

/// What the system said.
fn cause(error: &RedisError) -> Option<&io::Error> {
    error
        .source()
        .and_then(|source| source.downcast_ref::<Arc<dyn std::error::Error + Send + Sync>>())
        .and_then(|cause| cause.downcast_ref::<io::Error>())
}

/// The failure of Redis at `place`.
pub(super) fn told(error: &RedisError, place: &str, prefix: &str) -> Error {
    let told = Error::new(
        OwnCode::StoreFailed,
        format!("token_store: Redis at {place} {}", what(error, prefix)),
    );
    if stays(error) {
        told.with_retryable(false)
            .with_advice("Fix what is said of Redis, or of the setting token_store.")
    } else {
        told
    }
}

/// Whether it fails until somebody changes Redis or the setting.
fn stays(error: &RedisError) -> bool {
    let detail = error.detail().unwrap_or_default();
    error.kind() == ErrorKind::AuthenticationFailed
        || detail.contains("DB index")
        || code(error).is_some_and(|code| {
            ["NOAUTH", "NOPERM", "WRONGPASS", "DENIED", "MOVED"].contains(&code.as_str())
        })
}

fn what(error: &RedisError, prefix: &str) -> String {
    if error.is_timeout() {
        return format!(
            "did not answer in time; see whether it is reachable, neither overloaded nor paused, and {SEE_TLS}"
        );
    }
    if let Some(code) = code(error) {
        return answered(&code, error.detail().unwrap_or_default(), prefix);
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => {
            "refuses the user and password; give those of a user that it has, or none where it has no passwords".to_owned()
        }
        ErrorKind::Io => of_the_system(error),
        _ => format!("does not answer as Redis does; see whether it is Redis that listens there, and {SEE_TLS}"),
    }
}

/// What is wrong with the connection; the system's text, and that of TLS, know nothing of what is sent.
fn of_the_system(error: &RedisError) -> String {
    if error.is_connection_refusal() {
        return "cannot be reached: nobody listens there; see whether it runs".to_owned();
    }
    if error.is_connection_dropped() {
        return format!("closed the connection; see its log, and {SEE_TLS}");
    }
    match cause(error) {
        Some(cause) => {
            format!("cannot be reached: {cause}; see the address, and what is on the way")
        }
        None => "cannot be reached; see the address, and what is on the way".to_owned(),
    }
}

/// The first word of what Redis answered. Before Redis 7, that of a command in a script stands somewhere in the text.
fn code(error: &RedisError) -> Option<String> {
    let code = error.code()?;
    let detail = error.detail().unwrap_or_default();
    let inner = || {
        detail
            .split(|letter: char| !letter.is_ascii_uppercase())
            .find(|word| *word == WRONG_TYPE || KNOWN.iter().any(|(known, _)| known == word))
    };
    let code = match code {
        "ERR" if detail.contains("user executing the script") => "NOPERM",
        "ERR" => inner().unwrap_or(code),
        code => code,
    };
    Some(code.to_owned())
}

/// What Redis answers with, and what that means.
const KNOWN: [(&str, &str); 11] = [
    (
        "BUSY",
        "is busy with a script that does not end; see what runs there",
    ),
    (
        "CLUSTERDOWN",
        "is a node of a cluster that is down; see the cluster",
    ),
    (
        "DENIED",
        "lets nobody in from other machines, for lack of a password (protected mode); give it a user with a password",
    ),
    (
        "LOADING",
        "is still loading its data; call again in a while",
    ),
    (
        "MASTERDOWN",
        "is a replica that has lost its master; see the master",
    ),
    (
        "MISCONF",
        "cannot write to its disk, and so changes nothing; see its log",
    ),
    (
        "MOVED",
        "is a node of a cluster, which is not supported; give the address of a proxy before it, or another Redis",
    ),
    (
        "NOAUTH",
        "wants a password; give redis://user:password@host, or :password@host where it has no users",
    ),
    (
        "NOREPLICAS",
        "has too few replicas to change anything; see them, or min-replicas-to-write",
    ),
    (
        "OOM",
        "is out of memory; raise its maxmemory, or have it hold less",
    ),
    (
        "READONLY",
        "is a replica, which changes nothing; give the address of the master",
    ),
];

fn answered(code: &str, detail: &str, prefix: &str) -> String {
    if code == "NOPERM" {
        return format!(
            "does not let this user do what is needed; as its administrator, run: ACL SETUSER USER ~{prefix}* {COMMANDS}"
        );
    }
    if detail.contains("max number of clients") {
        return "has as many clients as it takes; raise its maxclients, or see who they are"
            .to_owned();
    }
    if detail.contains("DB index") {
        return "has no database of this number; give another after the host, or none".to_owned();
    }
    let known = KNOWN.iter().find(|(known, _)| *known == code);
    known.map_or_else(
        || "refuses the command; see whether it is Redis 5 or newer, and its log".to_owned(),
        |(_, what)| (*what).to_owned(),
    )
}
