//! Whatever a server does, a call ends as is documented, in time, within bounds of memory, and tells no token.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod complete;
mod hostile;
mod matrix;
mod mixed;
mod table;
