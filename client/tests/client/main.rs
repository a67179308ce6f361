//! The client against a WeChat of the tests' own: one file a promise.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod advice;
mod authorizer_list;
mod builder;
mod cancel;
mod connection;
mod deadline;
mod fake;
mod hindered_renewal;
mod http;
mod look_up;
#[path = "../manual_clock/mod.rs"]
mod manual_clock;
mod merchants;
mod named;
mod network;
mod out_of_place;
mod pacing;
mod platform;
mod refresh_token;
mod rules;
mod secrets;
mod server;
mod shared_token;
mod token;
mod unreliable;
