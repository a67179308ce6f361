//! The call machine, one file for each file of its source, and its promises against any server.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by that"
)]

mod asking;
mod cancel;
mod event;
mod looking_up;
mod machine;
mod policy;
mod reading_back;
mod script;
mod tally;
mod verdict;
mod waited;
mod watch;
