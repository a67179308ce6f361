//! The client against the sandbox, over real sockets.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod account;
mod lifecycle;
mod outcome;
mod refusals;
mod tokens;

use std::time::Duration;

use jumpqr::{
    Client, ClientBuilder, OpenVersion, OrdinaryLinkRule, PermitSubRule, ServiceAccountRule,
};
use jumpqr_sandbox::{Limits, Sandbox};

/// Starts a sandbox that accepts any number of calls a second.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().unwrap();
    let mut limits = Limits::default();
    limits.calls_per_second = usize::MAX;
    sandbox.put_limits(limits);
    sandbox
}

/// Builds a client of the Mini Program that every sandbox has.
fn mini_program(sandbox: &Sandbox) -> ClientBuilder {
    let account = sandbox.mini_program();
    Client::builder()
        .app(account.appid, account.secret)
        .base_url(sandbox.base_url())
        .timeout(Duration::from_secs(20))
        .pacing(false)
}

/// Builds a client of the service account that every sandbox has.
fn service_account(sandbox: &Sandbox) -> ClientBuilder {
    let account = sandbox.service_account();
    mini_program(sandbox).app(account.appid, account.secret)
}

fn rule() -> OrdinaryLinkRule {
    OrdinaryLinkRule::new(
        "https://weixin.qq.com/qrcodejump",
        "pages/index/index",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    )
    .debug_url(["https://weixin.qq.com/qrcodejump?a=1"])
}

fn service_account_rule(sandbox: &Sandbox) -> ServiceAccountRule {
    ServiceAccountRule::new(
        "http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
        sandbox.mini_program().appid,
        "pages/index/index",
    )
}
