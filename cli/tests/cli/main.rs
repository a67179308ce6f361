//! Runs the real `jumpqr` binary. Each file is named after the source file that it tests.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

mod add;
mod check;
mod cli;
mod completions;
mod connection;
mod credentials;
mod delete;
mod download;
mod errcode;
mod exit;
mod get;
mod json;
mod link;
mod match_url;
mod named_rule;
mod output;
mod platform;
mod preflight;
mod publish;
mod qr;
mod qr_batch;
mod quota;
mod raw;
mod readme;
mod rid;
mod rule_source;
mod sandbox;
mod settings;
mod terminal;
mod token;
mod token_status;
mod token_store;
mod trace;
mod unlink;
