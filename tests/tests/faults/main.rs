//! If a server misbehaves, a call ends as documented: in time, within its memory limit, and without
//! printing a token.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod completeness;
mod hostile;
mod page;
mod plan;
mod vectors;
