//! Runs the real `jumpqr` binary. One file a topic.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

mod bad_input;
mod check;
mod command_line;
mod completions;
mod credentials;
mod delete;
mod download;
mod dry_run;
mod errcode;
mod exit_codes;
mod get;
mod json;
mod link;
mod match_url;
mod network;
mod output;
mod platform;
mod platform_refusals;
mod publish;
mod readme;
mod sandbox;
mod token_status;
mod token_store;
