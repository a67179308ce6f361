//! The native binding of the Node package.
//!
//! The package's interface is the facade in JavaScript, in `lib`. Values cross as JSON, and errors as
//! JSON in the message of what is thrown. The facade makes objects and exceptions of both. No panic
//! reaches Node: every function goes through [`guard`](guard::guard), and every call on a thread
//! through [`caught`](guard::caught).
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
