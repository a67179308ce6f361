//! What an access log tells, and what follows.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::mem::take;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::AccessLogCode as Code;
use super::reader::Log;
use super::tally::{Requests, Tally};
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
        /// The log is empty.
        EmptyLog = "empty_log",
        /// Nobody has asked for the file, apart from preflights and the own network.
        NeverCame = "never_came",
        /// The file was asked for, but the log does not tell by whom.
        MayHaveCome = "may_have_come",
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
    /// The time of the earliest one, as the log has it. A number in the log is given as UTC.
    pub first: String,
    /// The time of the latest one.
    pub last: String,
    /// The addresses that asked, at most 8. Behind a proxy that the log names, the addresses that
    /// the proxy names.
    pub addresses: Vec<String>,
    /// The user agents, at most 8. The empty text stands for a request without one. The list is
    /// empty if the log has no user agents.
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
    /// The time of the earliest request in the log, whatever it asked for.
    pub first: Option<String>,
    /// The time of the latest request in the log.
    pub last: Option<String>,
    /// How many requests for the file came from preflights. They do not count as WeChat's.
    pub own_requests: u64,
    /// How many other requests for the file came from addresses that are not public. They do not
    /// count as WeChat's, unless the log has only such addresses: then a proxy may hide WeChat's.
    pub local_requests: u64,
    /// The requests in the right place that got the file.
    pub served: Option<Visits>,
    /// Everything else: first what makes WeChat refuse the rule, then the warnings, then what is
    /// unknown.
    pub findings: Vec<AccessLogFinding>,
}

impl AccessLogReport {
    pub(super) fn new(mut log: Log) -> Self {
        let local_requests = log.local.requests();
        let counted = choose_tally(&mut log);
        let is_known = counted.is_known;
        let mut tally = counted.tally;
        if log.has_sizes_of_bodies && !log.has_sizes_of_responses {
            tally.rename(Code::UnknownSize, Code::OtherSize);
        }
        let blocks = |code: &Code| code.severity() == Severity::Blocks;
        let verdict = match tally.last_codes() {
            _ if tally.all.is_some() && !is_known => AccessLogVerdict::MayHaveCome,
            Some(codes) if codes.iter().any(blocks) => AccessLogVerdict::CameAndFailed,
            Some(_) => AccessLogVerdict::CameAndGotIt,
            None if tally.all.is_some() => AccessLogVerdict::CameElsewhere,
            None if log.lines > log.skipped => AccessLogVerdict::NeverCame,
            None if log.lines == 0 => AccessLogVerdict::EmptyLog,
            None => AccessLogVerdict::NotAnAccessLog,
        };
        let wanted = &log.wanted;
        let size = format!("{}", wanted.size);
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
        let of_requests = |code, requests: Requests| {
            let (visits, seen) = requests.into_visits();
            finding(code, Some(visits), seen)
        };
        // If the right place was asked for, other places are about other rules.
        let is_elsewhere_told = tally.last_codes().is_none();
        let sightings = tally.sightings.into_iter();
        let mut findings: Vec<_> = sightings
            .filter(|sighting| is_elsewhere_told || !sighting.code.is_elsewhere())
            .map(|sighting| of_requests(sighting.code, sighting.requests))
            .collect();
        let unknown = tally.all.filter(|_| !is_known);
        findings.extend(unknown.map(|all| of_requests(Code::UnknownVisitor, all)));
        let whole_log = match verdict {
            AccessLogVerdict::NeverCame => Some(Code::NeverCame),
            AccessLogVerdict::EmptyLog => Some(Code::EmptyLog),
            AccessLogVerdict::NotAnAccessLog => Some(Code::NotAnAccessLog),
            _ => None,
        };
        let (first, last) = log
            .span
            .map(|span| (span.first_time, span.last_time))
            .unzip();
        let lines = match log.lines {
            1 => "1 line".to_string(),
            lines => format!("{lines} lines"),
        };
        let extent = match (&first, &last) {
            (Some(first), Some(last)) => format!("{lines} from {first} to {last}"),
            _ => lines,
        };
        findings.extend(whole_log.map(|code| finding(code, None, extent)));
        findings.sort_by_key(|finding| finding.code.severity().order());
        Self {
            verdict,
            lines: log.lines,
            skipped: log.skipped,
            first,
            last,
            own_requests: log.own_requests,
            local_requests,
            served: tally.served.map(|served| served.into_visits().0),
            findings,
            url: log.wanted.url,
        }
    }
}

/// The requests from which the verdict follows.
struct Counted {
    tally: Tally,
    /// Whether they came from WeChat, as far as the log tells.
    is_known: bool,
}

/// Takes the requests that can be WeChat's. Those of known strangers count first. If the log has
/// only addresses that are not public, a proxy may hide WeChat's address behind one of them.
fn choose_tally(log: &mut Log) -> Counted {
    let is_known = log.strangers.all.is_some();
    let tally = if is_known {
        &mut log.strangers
    } else if log.has_public_addresses {
        &mut log.unknown
    } else {
        &mut log.local
    };
    Counted {
        tally: take(tally),
        is_known,
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
