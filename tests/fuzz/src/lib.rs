//! Fuzz targets: each takes any bytes, and panics if a promise is broken. `README.md` lists the
//! promises.
//!
//! The targets are functions of a library. `cargo fuzz` runs them with libFuzzer, and
//! `tests/replay.rs` runs them over the corpora without it.
#![expect(clippy::panic, reason = "a target panics if a promise is broken")]

mod answers;
mod c_entry_points;
mod call_machine;
mod error_text;
#[cfg(unix)]
mod exchange;
mod mappings;
mod matcher;
mod push_receiver;
mod renewal_machine;

pub use answers::answers;
pub use c_entry_points::c_entry_points;
pub use call_machine::call_machine;
#[cfg(unix)]
pub use exchange::{exchange, request_head};
pub use mappings::mappings;
pub use matcher::matcher;
pub use push_receiver::push_receiver;
pub use renewal_machine::renewal_machine;

/// Does nothing: the target needs the sockets of Unix.
#[cfg(not(unix))]
pub fn exchange(_: &[u8]) {}

/// Does nothing: the target needs the sockets of Unix.
#[cfg(not(unix))]
pub fn request_head(_: &[u8]) {}

/// A fuzz target.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 9] = [
    ("answers", answers),
    ("c_entry_points", c_entry_points),
    ("call_machine", call_machine),
    ("exchange", exchange),
    ("mappings", mappings),
    ("matcher", matcher),
    ("push_receiver", push_receiver),
    ("renewal_machine", renewal_machine),
    ("request_head", request_head),
];
