//! Every picture is read again: the codes in it have the link.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod code;
mod level;
mod png;
mod sheet;
mod svg;
mod terminal;

use jumpqr_qr::{Level, QrCode};

/// Links of each kind of characters, and from the smallest code to the largest.
fn links() -> Vec<String> {
    let query = "a%20b&c=中文/?#".repeat(40);
    vec![
        "1".to_owned(),
        "https://m.example.cn/table/?id=7".to_owned(),
        "HTTPS://M.EXAMPLE.CN/T/7".to_owned(),
        "20261130".to_owned(),
        "https://m.example.cn/桌/七?名=惠德丽".to_owned(),
        "hlht://1234567890.MA00000000/".to_owned(),
        "not a link: \0\u{1}\u{7f}\u{80}\u{feff}\u{1f35c}\r\n\t ".to_owned(),
        format!("https://m.example.cn/?q={query}"),
        "x".repeat(2331),
    ]
}

fn code(link: &str) -> QrCode {
    QrCode::new(link, Level::Medium).unwrap()
}
