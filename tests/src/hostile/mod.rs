//! A server that misbehaves, over raw sockets on loopback. Each [`Fault`] has a name. A
//! [`HostileServer`] applies its faults to every request, or to every n-th.
//!
//! Rust starts it in-process. The other languages run the program `hostile`, whose interface is in
//! [`control`].

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
pub use fault::{Action, Fault};
pub use seen::Seen;
pub use server::{HostileServer, Plan};

/// The access token of every request, except for faults of the sandbox, which issues its own
/// tokens.
pub const ACCESS_TOKEN: &str = "TOKEN-OF-THE-FAULTS";
