//! What the Node package calls.
//!
//! It is not the package's interface: that is the facade in JavaScript. Values cross as JSON,
//! errors as JSON in the text of what is thrown, and the facade makes objects and exceptions of
//! both. Nothing here panics across into Node: every function goes through [`guard`](guard::guard),
//! and so does every call on a thread of the pool.
#![cfg_attr(
    test,
    allow(dead_code, reason = "in a test build, nothing is registered with Node")
)]

mod client;
mod command;
mod events;
mod guard;
#[cfg(feature = "test-hooks")]
mod hooks;
mod logging;
mod offline;
mod platform;
mod rule_set;
mod sandbox;
mod threads;
