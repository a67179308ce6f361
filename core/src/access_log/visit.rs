//! Recognises the requests for the file, and judges each by itself.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use percent_encoding::percent_decode_str;

use super::AccessLogCode as Code;
use super::entry::{Entry, SizeOf};
use crate::link::Link;
use crate::verification_file::location;
use crate::wechat_fetch::{SLOW_MS, TOO_SLOW_MS, is_refusal};

/// The head of a response with a date and a Content-Length is longer than this.
const SHORTEST_HEAD: u64 = 60;

/// nginx logs this if the client closes the connection; Caddy logs 0.
const CLOSED_BY_CLIENT: u16 = 499;

/// The file that is looked for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) url: String,
    host: String,
    /// The path of the URL, without percent-encoding.
    path: String,
    pub(super) file_name: String,
    /// The length of its content.
    pub(super) size: u64,
}

/// A request for the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// Not in the directory of the prefix, or with other letters.
    Elsewhere(Code),
    /// In the right place, with what is wrong about the response; nothing if it was right.
    Here(Vec<Code>),
}

impl Wanted {
    /// Returns `None` if `prefix` is not a link.
    pub(super) fn new(prefix: &str, file_name: &str, size: u64) -> Option<Self> {
        let url = location(prefix, file_name)?;
        let link = Link::cut_http(&url)?;
        Some(Self {
            host: link.host().to_string(),
            path: decode(link.path),
            file_name: file_name.to_string(),
            size,
            url,
        })
    }

    /// Returns `None` if the request is not for the file.
    pub(super) fn recognise(&self, entry: &Entry<'_>) -> Option<Visit> {
        let target = Link::cut_http(&entry.target).map_or(&*entry.target, |link| link.path);
        let path = target.split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        // Most lines end here. A letter may be encoded as three.
        if name.len() < self.file_name.len() {
            return None;
        }
        let path = decode(path);
        let (_, name) = path.rsplit_once('/')?;
        let is_read = matches!(&*entry.method, "GET" | "HEAD");
        if !is_read || !name.eq_ignore_ascii_case(&self.file_name) {
            return None;
        }
        let host = entry.host.as_deref().filter(|host| !host.is_empty());
        Some(
            if host.is_some_and(|host| !host.eq_ignore_ascii_case(&self.host)) {
                Visit::Elsewhere(Code::OtherHost)
            } else if path == self.path {
                Visit::Here(self.judge(entry))
            } else if path.eq_ignore_ascii_case(&self.path) {
                Visit::Elsewhere(Code::OtherCase)
            } else {
                Visit::Elsewhere(Code::OtherDirectory)
            },
        )
    }

    fn judge(&self, entry: &Entry<'_>) -> Vec<Code> {
        let status = match entry.status {
            0 | CLOSED_BY_CLIENT => Some(Code::GaveUp),
            200 => self.judge_size(entry),
            304 => Some(Code::NotModified),
            300..=399 => Some(Code::Redirect),
            404 | 410 => Some(Code::NotFound),
            status if is_refusal(status) => Some(Code::Forbidden),
            500..=599 => Some(Code::ServerError),
            _ => Some(Code::OtherStatus),
        };
        let time = match entry.duration {
            Some(duration) if duration >= milliseconds(TOO_SLOW_MS) => Some(Code::TooSlow),
            Some(duration) if duration > milliseconds(SLOW_MS) => Some(Code::Slow),
            _ => None,
        };
        status.into_iter().chain(time).collect()
    }

    fn judge_size(&self, entry: &Entry<'_>) -> Option<Code> {
        if entry.method != "GET" {
            return None;
        }
        let Some(size) = entry.size else {
            return Some(Code::NoSize);
        };
        let is_longer = size.checked_sub(self.size);
        match (is_longer, entry.size_of) {
            (Some(0), _) => None,
            (Some(SHORTEST_HEAD..), SizeOf::BodyOrResponse) => Some(Code::UnknownSize),
            _ => Some(Code::OtherSize),
        }
    }
}

const fn milliseconds(number: u32) -> Duration {
    Duration::from_millis(number as u64)
}

fn decode(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
