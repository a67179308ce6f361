//! Finds WeChat's requests for the verification file in a server's access log, and judges them.
//!
//! The name of the file is random. So if neither a preflight nor somebody in the own network has
//! asked for it, this was most likely WeChat. The log then tells what no preflight can see: that
//! WeChat's request never came, or what it got.
//!
//! An [`AccessLogReader`] takes the bytes of the log in parts of any size, and keeps none of its
//! lines. It reads nginx's and Apache's format `combined` and Caddy's JSON. Lines that are broken,
//! binary or longer than 64 KiB are skipped and counted.

mod caddy;
mod code;
mod combined;
mod entry;
mod lines;
mod moment;
mod reader;
mod report;
mod seen;
mod tally;
mod text;
mod time;
mod visit;
mod visitor;

pub use code::AccessLogCode;
pub use reader::AccessLogReader;
pub use report::{AccessLogFinding, AccessLogReport, AccessLogVerdict, Visits};

pub use crate::severity::Severity;
