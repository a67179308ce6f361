//! Runs the command, once or until it is stopped, a web site, and a WeChat whose responses the test
//! chooses.

mod account;
mod fake_wechat;
mod picture;
pub(crate) mod platform;
mod run;
mod server;
mod site;
#[cfg(unix)]
mod terminal;

pub(crate) use account::{as_account, as_mini_program};
pub(crate) use fake_wechat::{FakeWeChat, Received};
pub(crate) use picture::read_picture;
pub(crate) use run::{Jumpqr, Run, jumpqr};
pub(crate) use server::Server;
pub(crate) use site::{Site, response};
#[cfg(unix)]
pub(crate) use terminal::run_on_terminal;

/// The flags of a valid rule.
pub(crate) const RULE_FLAGS: [&str; 8] = [
    "--prefix",
    "https://weixin.qq.com/qrcodejump",
    "--path",
    "pages/index/index",
    "--open-version",
    "1",
    "--permit-sub-rule",
    "1",
];
