//! A server that does wrong, over raw sockets on loopback: each [`Fault`] has a name, and a [`Hostile`] that was started with it
//! meets every request so, or every n-th.
//!
//! Rust starts it in-process. The other languages run the program `hostile`, whose interface is in [`control`].

pub mod control;

mod certificates;
mod connection;
mod content;
mod fault;
mod framing;
mod idle;
mod sandboxed;
mod seen;
mod server;
mod slow;
mod stage;
mod tls;

pub use certificates::Identity;
pub use connection::{Connection, Received};
pub use fault::{Fault, Play};
pub use seen::Seen;
pub use server::{Hostile, Plan};

/// The token with which every request comes, but to a fault of the sandbox, which knows its own.
pub const ACCESS_TOKEN: &str = "TOKEN-OF-THE-FAULTS";
