//! The renewal of tokens, one file for each state, and a simulated world for their interplay.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by that"
)]

mod asking;
mod exchanging;
mod failing;
mod interleavings;
mod leasing;
mod loading;
mod machine;
mod saving;
mod searching;
mod storing;
mod world;
