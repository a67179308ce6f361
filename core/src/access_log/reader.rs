//! Reads an access log in parts, and judges it at its end.

use super::entry::{Entry, SizeOf};
use super::lines::{Line, Lines};
use super::moment::{Moment, Span};
use super::report::AccessLogReport;
use super::seen::{show_entry, show_line};
use super::tally::Tally;
use super::visit::Wanted;
use super::visitor::{Visitor, is_local};
use super::{caddy, combined};

/// Finds the requests for the file of a rule in an access log, or in several: their requests are
/// ordered by time.
///
/// ```
/// use jumpqr_core::access_log::{AccessLogReader, AccessLogVerdict};
///
/// let prefix = "https://m.example.cn/table/";
/// let mut log = AccessLogReader::new(prefix, "UASjIrr8C9.txt", 32).unwrap();
/// log.push(b"203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"GET /table/UASjI");
/// log.push(b"rr8C9.txt HTTP/1.1\" 301 162 \"-\" \"Agent\" 7.012\n");
/// let report = log.finish();
/// assert_eq!(report.verdict, AccessLogVerdict::CameAndFailed);
/// let codes: Vec<_> = report.findings.iter().map(|finding| finding.code.name()).collect();
/// assert_eq!(codes, ["redirect", "too_slow"]);
/// ```
#[derive(Debug)]
pub struct AccessLogReader {
    lines: Lines,
    log: Log,
}

/// What was read so far.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) wanted: Wanted,
    /// The requests of strangers for the file.
    pub(super) strangers: Tally,
    /// The requests from addresses that are not public.
    pub(super) local: Tally,
    /// The requests of which the log does not tell who has sent them.
    pub(super) unknown: Tally,
    /// The requests of preflights.
    pub(super) own_requests: u64,
    /// Requests of any kind from a public address. Without them, a proxy may hide all addresses.
    pub(super) has_public_addresses: bool,
    /// The lines that are not empty.
    pub(super) lines: u64,
    pub(super) skipped: u64,
    /// The first and the last request of any kind.
    pub(super) span: Option<Span>,
    /// The time of the line that was read last.
    now: i64,
    /// Responses without a body whose size is 0.
    pub(super) has_sizes_of_bodies: bool,
    /// Responses without a body whose size is not 0.
    pub(super) has_sizes_of_responses: bool,
}

impl AccessLogReader {
    /// Looks for the file with this name and length in bytes, for a rule with this `prefix`.
    /// Returns `None` if `prefix` is not a link.
    #[must_use]
    pub fn new(prefix: &str, file_name: &str, file_size: u64) -> Option<Self> {
        Some(Self {
            lines: Lines::default(),
            log: Log {
                wanted: Wanted::new(prefix, file_name, file_size)?,
                strangers: Tally::default(),
                local: Tally::default(),
                unknown: Tally::default(),
                own_requests: 0,
                has_public_addresses: false,
                lines: 0,
                skipped: 0,
                span: None,
                now: i64::MIN,
                has_sizes_of_bodies: false,
                has_sizes_of_responses: false,
            },
        })
    }

    /// Reads the next bytes of the log. They may end anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        self.lines.push(bytes, |line| self.log.read(line));
    }

    /// Ends the line that is begun, so that another file can follow.
    pub fn end_file(&mut self) {
        self.lines.finish(|line| self.log.read(line));
    }

    /// Judges what was read.
    #[must_use]
    pub fn finish(mut self) -> AccessLogReport {
        self.end_file();
        AccessLogReport::new(self.log)
    }
}

impl Log {
    fn read(&mut self, line: Line<'_>) {
        let line = match line {
            Line::Whole([]) => return,
            Line::Whole(line) => read_text(line),
            Line::TooLong => None,
        };
        self.lines += 1;
        let is_json = line.is_some_and(|line| line.starts_with('{'));
        let entry = line.and_then(|line| {
            if is_json {
                caddy::parse(line)
            } else {
                combined::parse(line)
            }
        });
        let (Some(line), Some(entry)) = (line, entry) else {
            self.skipped += 1;
            return;
        };
        let moment = self.note_time(&entry);
        self.note_size(&entry);
        self.has_public_addresses = self.has_public_addresses || !is_local(&entry.address);
        if let Some(visit) = self.wanted.recognise(&entry) {
            let tally = match Visitor::of(&entry) {
                Visitor::Preflight => {
                    self.own_requests += 1;
                    return;
                }
                Visitor::Local => &mut self.local,
                Visitor::Unknown => &mut self.unknown,
                Visitor::Stranger => &mut self.strangers,
            };
            let seen = if is_json {
                show_entry(&entry)
            } else {
                show_line(line)
            };
            tally.count(visit, moment, &entry, &seen);
        }
    }

    /// Returns when the request of the last line was logged. If the format of its time is not
    /// known, it has the time of the line before.
    fn note_time(&mut self, entry: &Entry<'_>) -> Moment {
        self.now = entry.milliseconds.unwrap_or(self.now);
        let moment = Moment {
            milliseconds: self.now,
            line: self.lines,
        };
        match &mut self.span {
            Some(span) => {
                span.add(moment, &entry.time);
            }
            None => self.span = Some(Span::new(moment, &entry.time)),
        }
        moment
    }

    /// Responses without a body tell whether the sizes of this log count the heads.
    fn note_size(&mut self, entry: &Entry<'_>) {
        let has_no_body = matches!(entry.status, 204 | 304) || entry.method == "HEAD";
        if has_no_body && entry.size_of == SizeOf::BodyOrResponse {
            self.has_sizes_of_bodies |= entry.size.is_none_or(|size| size == 0);
            self.has_sizes_of_responses |= entry.size.is_some_and(|size| size > 0);
        }
    }
}

/// Returns the text of a line. Servers escape control characters, so a line with one is binary.
fn read_text(line: &[u8]) -> Option<&str> {
    let is_binary = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let text = core::str::from_utf8(line).ok();
    text.filter(|_| !line.iter().any(is_binary))
}
