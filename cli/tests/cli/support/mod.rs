//! What the topics share: running the command, and a WeChat that answers what a test says.

mod fake_wechat;
pub(crate) mod platform;
mod run;

pub(crate) use fake_wechat::{FakeWeChat, Received};
pub(crate) use run::{Jumpqr, Run, jumpqr};

/// The flags of a rule that is valid.
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
