//! The native binding of the Node package.
//!
//! The package's interface is the facade in JavaScript, in `lib`. Values cross as JSON, and errors
//! as JSON in the message of what is thrown. The facade makes objects and exceptions of both. No
//! panic reaches Node: every function goes through [`guard`](guard::guard), and whatever runs on a
//! thread or is called by the event loop through [`caught`](guard::caught).
#![cfg_attr(
    test,
    allow(dead_code, reason = "in a test build, nothing is registered with Node")
)]

mod client;
mod command;
#[cfg(target_os = "linux")]
mod event_loop;
mod events;
mod guard;
#[cfg(feature = "test-hooks")]
mod hooks;
mod logging;
#[cfg(target_os = "linux")]
mod loop_calls;
#[cfg(not(target_os = "linux"))]
#[path = "no_loop_calls.rs"]
mod loop_calls;
mod offline;
mod platform;
mod push;
mod qr;
mod rule_set;
mod sandbox;
mod threads;
