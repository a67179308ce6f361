//! The client over real sockets, tested in the same way as the clients of the other languages.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod flows;
mod preflight;
mod raw_calls;
mod server;
mod staging;
mod stored;
mod tokens;
