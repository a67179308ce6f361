//! Looking for the file with real sockets: what is sent, when it ends, and where it never connects.
//! What each wrong server leads to is tested in `tests/tests/preflight`.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its functions too"
)]

mod ending;
mod options;
mod request;
mod server;
mod strangers;

use std::net::SocketAddr;
use std::time::Duration;

use jumpqr_core::preflight::{ExpectedFile, Observations, Preflight, judge};
use jumpqr_fetch::{PreflightOptions, look};

const CONTENT: &str = "0123456789abcdef0123456789abcdef";
const PREFIX: &str = "http://m.example.cn/a/table";

fn file() -> ExpectedFile {
    ExpectedFile {
        name: "UASjIrr8C9.txt".to_owned(),
        content: CONTENT.into(),
    }
}

/// Returns options that connect to these addresses, with short timeouts.
fn connect_to(addresses: impl IntoIterator<Item = SocketAddr>) -> PreflightOptions {
    PreflightOptions::default()
        .connect_to(addresses)
        .fetch_timeout(Duration::from_millis(500))
}

fn see(prefix: &str, options: &PreflightOptions) -> Observations {
    look(&prefix.into(), file(), options, &|| false).unwrap()
}

/// Returns the verdict and the codes.
fn summary(preflight: &Preflight) -> String {
    let codes = preflight.findings.iter().map(|finding| finding.code.name());
    let codes: Vec<_> = codes.collect();
    format!("{}: {}", preflight.verdict, codes.join(", "))
}

fn summary_of(prefix: &str, options: &PreflightOptions) -> String {
    summary(&judge(see(prefix, options)))
}
