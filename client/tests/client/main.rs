//! The client against a WeChat that each test decides. A file has the name of the source file that
//! it tests.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod authorizer_list;
mod base_url;
mod binding;
mod builder;
mod call_raw;
mod cancel;
mod checks;
mod client;
mod drive;
mod exchange;
mod fake;
mod handle;
mod http;
#[cfg(target_os = "linux")]
mod in_flight_calls;
mod listener;
#[path = "../manual_clock/mod.rs"]
mod manual_clock;
mod merchants;
mod pacer;
mod platform;
mod preflight;
mod pushing;
mod refresh_token;
mod rules;
mod secrets;
mod server;
mod shared_pace;
mod shared_token;
mod slow_renewal;
mod token;
mod unreliable;
