//! What an access log tells, and what follows.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::AccessLogCode as Code;
use super::reader::Log;
use super::text::text;
use crate::named;
use crate::severity::Severity;
use crate::template::fill;

named! {
    /// What an access log tells about WeChat's last request for the file.
    #[non_exhaustive]
    pub enum AccessLogVerdict {
        /// No line could be read.
        NotAnAccessLog = "not_an_access_log",
        /// Nobody but a preflight has asked for the file.
        NeverCame = "never_came",
        /// The file was asked for only in other places.
        CameElsewhere = "came_elsewhere",
        /// The last request did not get the file as WeChat needs it.
        CameAndFailed = "came_and_failed",
        /// The last request got the file, as far as the log tells.
        CameAndGotIt = "came_and_got_it",
    }
}

/// Requests for the file that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Visits {
    /// How many there are.
    pub requests: u64,
    /// The time of the first one, as the log has it. A number in the log is given as UTC.
    pub first: String,
    /// The time of the last one.
    pub last: String,
    /// The addresses that asked, at most 8. Behind a proxy that the log names, the addresses that
    /// the proxy names.
    pub addresses: Vec<String>,
    /// The user agents, at most 8; empty if there was none.
    pub user_agents: Vec<String>,
}

/// One thing that an access log tells about the file.
///
/// It serialises with its fields, and the `severity` of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessLogFinding {
    /// The stable code, e.g. `redirect`.
    pub code: Code,
    /// What happened.
    pub message: &'static str,
    /// The requests. `None` if the finding is about the whole log.
    pub visits: Option<Visits>,
    /// The last line that shows it, with stars for the values of queries. A line of JSON is shown
    /// in the format `combined`.
    pub seen: String,
    /// Why WeChat refuses it, or what it means.
    pub why: &'static str,
    /// What to do.
    pub remedy: String,
}

/// What an access log tells about the requests for a file.
///
/// It serialises as its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccessLogReport {
    /// What follows from the last request in the right place.
    pub verdict: AccessLogVerdict,
    /// The URL from which WeChat fetches the file.
    pub url: String,
    /// How many lines were read. Empty lines do not count.
    pub lines: u64,
    /// How many of them are not requests: broken, binary, longer than 64 KiB, or another format.
    pub skipped: u64,
    /// The time of the first request in the log, whatever it asked for.
    pub first: Option<String>,
    /// The time of the last request in the log.
    pub last: Option<String>,
    /// How many requests for the file came from preflights.
    pub own_requests: u64,
    /// The requests in the right place that got the file.
    pub served: Option<Visits>,
    /// Everything else: first what makes WeChat refuse the rule, then the warnings, then what is
    /// unknown.
    pub findings: Vec<AccessLogFinding>,
}

impl AccessLogReport {
    pub(super) fn new(log: Log) -> Self {
        let (mut tally, wanted) = (log.tally, &log.wanted);
        if log.has_sizes_of_bodies && !log.has_sizes_of_responses {
            tally.rename(Code::UnknownSize, Code::OtherSize);
        }
        let blocks = |code: &Code| code.severity() == Severity::Blocks;
        let verdict = match &tally.last {
            Some(codes) if codes.iter().any(blocks) => AccessLogVerdict::CameAndFailed,
            Some(_) => AccessLogVerdict::CameAndGotIt,
            None if !tally.sightings.is_empty() => AccessLogVerdict::CameElsewhere,
            None if log.lines > log.skipped => AccessLogVerdict::NeverCame,
            None => AccessLogVerdict::NotAnAccessLog,
        };
        let size = alloc::format!("{}", wanted.size);
        let words = [
            ("url", &*wanted.url),
            ("file", &*wanted.file_name),
            ("size", &*size),
        ];
        let finding = |code, visits, seen| {
            let text = text(code);
            AccessLogFinding {
                code,
                message: text.message,
                visits,
                seen,
                why: text.why,
                remedy: fill(text.remedy, &words),
            }
        };
        let mut sightings = tally.sightings;
        if tally.last.is_some() {
            // If the right place was asked for, other places are about other rules.
            sightings.retain(|sighting| !sighting.code.is_elsewhere());
        }
        let findings = sightings.into_iter();
        let mut findings: Vec<_> = findings
            .map(|sighting| finding(sighting.code, Some(sighting.visits), sighting.seen))
            .collect();
        let whole_log = match verdict {
            AccessLogVerdict::NeverCame => Some(Code::NeverCame),
            AccessLogVerdict::NotAnAccessLog => Some(Code::NotAnAccessLog),
            _ => None,
        };
        let extent = || match &log.span {
            Some((first, last)) => alloc::format!("{} lines from {first} to {last}", log.lines),
            None => alloc::format!("{} lines", log.lines),
        };
        findings.extend(whole_log.map(|code| finding(code, None, extent())));
        findings.sort_by_key(|finding| finding.code.severity().order());
        let (first, last) = log.span.unzip();
        Self {
            verdict,
            url: log.wanted.url,
            lines: log.lines,
            skipped: log.skipped,
            first,
            last,
            own_requests: tally.own_requests,
            served: tally.served,
            findings,
        }
    }
}

impl fmt::Display for AccessLogFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            seen,
            why,
            remedy,
            ..
        } = self;
        write!(f, "{message}: {seen}. {why} {remedy}")
    }
}

impl Serialize for AccessLogFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("AccessLogFinding", 7)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("severity", &self.code.severity())?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("visits", &self.visits)?;
        fields.serialize_field("seen", &self.seen)?;
        fields.serialize_field("why", &self.why)?;
        fields.serialize_field("remedy", &self.remedy)?;
        fields.end()
    }
}
