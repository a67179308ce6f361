//! Reads the format `combined` of nginx and Apache, and what is often added to it.
//!
//! ```text
//! ADDRESS - USER [TIME] "METHOD TARGET PROTOCOL" STATUS SIZE "REFERER" "AGENT" …
//! ```
//!
//! Apache's format `common` ends after the size. `vhost_combined` begins with `HOST:PORT`. After the
//! agent, the format `main` of nginx has the addresses that a proxy names, quoted. A number there is
//! the time: with a decimal point nginx's `$request_time` in seconds, otherwise Apache's `%D` in
//! microseconds.

use alloc::borrow::Cow;
use core::time::Duration;

use super::entry::{Entry, SizeOf};
use super::time::parse_time;

/// Reads one line. Returns `None` if it does not have this format.
pub(super) fn parse(line: &str) -> Option<Entry<'_>> {
    let (who, rest) = line.split_once(" [")?;
    let (time, rest) = rest.split_once("] \"")?;
    let (request, rest) = split_quoted(rest)?;
    let mut words = Words(rest).filter_map(Word::bare);
    let status = words.next().and_then(parse_status)?;
    let size = words.next()?;
    let size = if size == "-" {
        None
    } else {
        Some(parse_whole_number(size)?)
    };
    let mut quoted = Words(rest).filter_map(Word::quoted);
    let _referer = quoted.next();
    let user_agent = quoted.next();
    let (host, address) = parse_who(who)?;
    let forwarded = quoted.clone().find_map(parse_forwarded);
    let (method, target) = parse_request(request);
    let is_time = time.starts_with(|letter: char| letter.is_ascii_digit());
    is_time.then_some(Entry {
        time: Cow::Borrowed(time),
        milliseconds: parse_time(time),
        address: Cow::Borrowed(forwarded.unwrap_or(address)),
        host: host.map(Cow::Borrowed),
        method: Cow::Borrowed(method),
        target: Cow::Borrowed(target),
        status,
        size,
        size_of: SizeOf::BodyOrResponse,
        duration: parse_duration(words, quoted),
        user_agent: user_agent.map(|agent| Cow::Borrowed(if agent == "-" { "" } else { agent })),
    })
}

/// Returns the host, if the line begins with one, and the address.
fn parse_who(who: &str) -> Option<(Option<&str>, &str)> {
    let mut words = who.split_ascii_whitespace();
    let first = words.next()?;
    let second = words.next()?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // Not an IPv6 address, and not an IPv4 address with the port of the client.
    let is_name = |text: &str| {
        let mut bytes = text.bytes();
        bytes.any(|byte| !byte.is_ascii_hexdigit() && !matches!(byte, b'.' | b':'))
    };
    match first.rsplit_once(':') {
        Some((host, port)) if words.nth(1).is_some() && is_number(port) && is_name(host) => {
            Some((Some(host), second))
        }
        _ => Some((None, first)),
    }
}

/// Returns the method and the target. Both are empty if the request line is broken.
fn parse_request(request: &str) -> (&str, &str) {
    let parts = request.split_once(' ').and_then(|(method, rest)| {
        let (target, protocol) = rest.rsplit_once(' ')?;
        protocol.starts_with("HTTP/").then_some((method, target))
    });
    parts.unwrap_or_default()
}

fn parse_status(word: &str) -> Option<u16> {
    let status = parse_whole_number(word).and_then(|number| u16::try_from(number).ok());
    status.filter(|status| (100..1000).contains(status))
}

fn parse_whole_number(word: &str) -> Option<u64> {
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_number)
}

/// Returns the first of the addresses that a proxy names.
fn parse_forwarded(text: &str) -> Option<&str> {
    let first = text.split(',').next()?.trim();
    let is_address = first.contains(['.', ':'])
        && parse_seconds(first).is_none()
        && first
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':'));
    is_address.then_some(first)
}

/// Finds the time among the words after the size. A number in quotes counts only with three
/// decimals: nginx always writes three for a time, and two for `$gzip_ratio`.
fn parse_duration<'a>(
    bare: impl Iterator<Item = &'a str> + Clone,
    mut quoted: impl Iterator<Item = &'a str>,
) -> Option<Duration> {
    let has_three_decimals = |text: &&str| {
        let decimals = text.split_once('.').map(|(_, decimals)| decimals);
        decimals.is_some_and(|decimals| decimals.len() == 3)
    };
    let seconds = bare
        .clone()
        .find_map(|word| parse_seconds(word.strip_prefix("rt=").unwrap_or(word)));
    let seconds = seconds.or_else(|| {
        quoted.find_map(|text| parse_seconds(text).filter(|_| has_three_decimals(&text)))
    });
    if seconds.is_some() {
        return seconds;
    }
    // Further whole numbers are something else, such as the length of the request.
    let mut numbers = bare.filter_map(parse_whole_number);
    match (numbers.next(), numbers.next()) {
        (Some(microseconds), None) => Some(Duration::from_micros(microseconds)),
        _ => None,
    }
}

/// Parses seconds with decimals.
fn parse_seconds(word: &str) -> Option<Duration> {
    let (whole, decimals) = word.split_once('.')?;
    parse_whole_number(whole)?;
    parse_whole_number(decimals)?;
    Duration::try_from_secs_f64(word.parse().ok()?).ok()
}

/// A word of a line.
enum Word<'a> {
    Bare(&'a str),
    Quoted(&'a str),
}

impl<'a> Word<'a> {
    fn bare(self) -> Option<&'a str> {
        match self {
            Self::Bare(word) => Some(word),
            Self::Quoted(_) => None,
        }
    }

    fn quoted(self) -> Option<&'a str> {
        match self {
            Self::Quoted(text) => Some(text),
            Self::Bare(_) => None,
        }
    }
}

/// The words of a line.
#[derive(Clone)]
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = self.0.trim_start_matches(' ');
        if let Some(quoted) = rest.strip_prefix('"') {
            // Without a second quote, the line was cut off.
            let (text, rest) = split_quoted(quoted).unwrap_or((quoted, ""));
            self.0 = rest;
            return Some(Word::Quoted(text));
        }
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        self.0 = rest;
        (!word.is_empty()).then_some(Word::Bare(word))
    }
}

/// Splits a text at its first quote that is not escaped. nginx and Apache escape with `\`.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}
