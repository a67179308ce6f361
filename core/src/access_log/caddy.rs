//! Reads Caddy's access log: one JSON object a line.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::Deserialize;

use super::entry::{Entry, SizeOf};
use super::time::{format_utc, parse_time};

/// No server takes longer to send the file.
const LONGEST_DURATION: Duration = Duration::from_secs(3600);

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    ts: Time<'a>,
    #[serde(borrow)]
    request: Request<'a>,
    status: u16,
    size: Option<u64>,
    duration: Option<Number>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    remote_ip: Cow<'a, str>,
    /// The address behind trusted proxies. Caddy has it since 2.7.
    #[serde(borrow)]
    client_ip: Option<Cow<'a, str>>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    host: Cow<'a, str>,
    #[serde(borrow)]
    uri: Cow<'a, str>,
    /// A filter of Caddy may leave the fields out.
    headers: Option<Headers>,
}

#[derive(Deserialize)]
struct Headers {
    #[serde(rename = "User-Agent", default)]
    user_agent: Vec<String>,
}

/// Seconds since 1970, or the text of another `time_format`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Time<'a> {
    Seconds(f64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
}

/// Seconds, or what another `duration_format` writes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Seconds(f64),
    Other(serde::de::IgnoredAny),
}

/// Reads one line. Returns `None` if it is not a request.
pub(super) fn parse(line: &str) -> Option<Entry<'_>> {
    let record: Record<'_> = serde_json::from_str(line).ok()?;
    let request = record.request;
    let agent = |headers: Headers| headers.user_agent.into_iter().next().unwrap_or_default();
    let host = match request.host {
        Cow::Borrowed(host) => Cow::Borrowed(without_port(host)),
        Cow::Owned(host) => Cow::Owned(without_port(&host).into()),
    };
    let (time, milliseconds) = match record.ts {
        Time::Seconds(seconds) => {
            let since_1970 = Duration::try_from_secs_f64(seconds).ok()?;
            let milliseconds = i64::try_from(since_1970.as_millis()).ok();
            (Cow::Owned(format_utc(since_1970)), milliseconds)
        }
        Time::Text(text) => {
            let milliseconds = parse_time(&text);
            (text, milliseconds)
        }
    };
    Some(Entry {
        time,
        milliseconds,
        address: request.client_ip.unwrap_or(request.remote_ip),
        host: Some(host),
        method: request.method,
        target: request.uri,
        status: record.status,
        size: record.size,
        size_of: SizeOf::Body,
        duration: match record.duration {
            // In another unit, it would be far too long.
            Some(Number::Seconds(seconds)) => Duration::try_from_secs_f64(seconds)
                .ok()
                .filter(|duration| *duration < LONGEST_DURATION),
            _ => None,
        },
        user_agent: request.headers.map(|headers| Cow::Owned(agent(headers))),
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
