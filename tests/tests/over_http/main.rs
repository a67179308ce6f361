//! The client over real sockets, as the clients of the other languages are tested.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod flows;
mod server;
mod staging;
mod tokens;
