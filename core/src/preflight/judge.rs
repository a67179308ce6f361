//! Finds the causes in what was seen.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::extent::share;
use super::observation::{Fetch, NotTried, Observations, Outcome};
use super::seen::{describe, escape, quote};
use super::text::{AGAIN, Text, text};
use super::{
    Extent, Place, Preflight, PreflightCode, PreflightFinding, PreflightVerdict, Target, content,
    response, server_line, special_range,
};
use crate::link::Link;
use crate::severity::Severity;
use crate::template::fill;
use crate::verification_file::location;

/// The wrong places, and what it means if the file is there.
const WRONG_PLACES: [(Place, PreflightCode); 5] = [
    (Place::OneDeeper, PreflightCode::FileOneDeeper),
    (Place::Root, PreflightCode::FileAtRoot),
    (Place::OneHigher, PreflightCode::FileOneHigher),
    (Place::OtherCase, PreflightCode::FileInOtherCase),
    (Place::LookAlike, PreflightCode::FileNameLookAlike),
];

/// What a server answers in the right place if the file is in a wrong one.
const ABSENCES: [PreflightCode; 6] = [
    PreflightCode::NotFound,
    PreflightCode::ApplicationPage,
    PreflightCode::Forbidden,
    PreflightCode::OtherStatus,
    PreflightCode::Redirect,
    PreflightCode::RedirectToLogin,
];

/// Finds why WeChat does not, or may not, get the file.
///
/// ```
/// use jumpqr_core::preflight::{ExpectedFile, Observations, PreflightVerdict, judge};
///
/// let preflight = judge(Observations {
///     key: "http://weixin.qq.com/q/kZgfwMTm72Wxxxx".into(),
///     file: ExpectedFile {
///         name: "UASjIrr8C9.txt".to_owned(),
///         content: b"0123456789abcdef0123456789abcdef".to_vec(),
///     },
///     any_port: false,
///     is_rehearsal: false,
///     dns: None,
///     looked_from: vec![],
///     fetches: vec![],
/// });
/// assert_eq!(preflight.verdict, PreflightVerdict::NoFileNeeded);
/// ```
#[must_use]
pub fn judge(observations: Observations) -> Preflight {
    let mut judge = Judge::new(&observations);
    let is_needed = judge.judge_prefix();
    if is_needed {
        judge.judge_file();
        judge.judge_host();
        judge.judge_right_place();
        judge.judge_page();
    }
    let verdict = if is_needed {
        judge.verdict()
    } else {
        PreflightVerdict::NoFileNeeded
    };
    let mut findings = judge.findings;
    findings.sort_by_key(|finding| finding.code.severity().order());
    Preflight {
        verdict,
        findings,
        observations,
    }
}

/// Whether the wrong places are to be looked at: a server has answered in the right place that the
/// file is not there, and no answer has its content.
#[must_use]
pub fn needs_wrong_places(observations: &Observations) -> bool {
    let judge = Judge::new(observations);
    let mut right = judge.right.iter();
    let is_absence = |code| ABSENCES.contains(&code);
    let is_absent = right.any(|fetch| judge.problem(fetch).is_some_and(is_absence));
    is_absent && !judge.has_content()
}

struct Judge<'a> {
    seen: &'a Observations,
    /// The content that WeChat expects.
    expected: &'a [u8],
    /// The fetches of the right place that were tried, or not tried because their address is
    /// private.
    right: Vec<&'a Fetch>,
    findings: Vec<PreflightFinding>,
    /// The rule cannot work, whatever the server answers.
    is_hopeless: bool,
}

impl<'a> Judge<'a> {
    fn new(seen: &'a Observations) -> Self {
        let is_judged = |fetch: &&Fetch| {
            let is_tried = match &fetch.outcome {
                Outcome::NotTried { reason, .. } => *reason == NotTried::PrivateAddress,
                Outcome::Response(_) | Outcome::Failed { .. } => true,
            };
            fetch.place == Place::Right && is_tried
        };
        Self {
            seen,
            expected: content::expected(&seen.file.content),
            right: seen.fetches.iter().filter(is_judged).collect(),
            findings: Vec::new(),
            is_hopeless: false,
        }
    }

    /// Judges the prefix itself. Returns whether the rule needs the file.
    fn judge_prefix(&mut self) -> bool {
        let prefix = &*self.seen.key.prefix;
        if let Err(refusal) = Target::new(&self.seen.key, &self.seen.file.name, self.seen.any_port)
        {
            let code = refusal.code();
            self.is_hopeless = code.severity() == Severity::Blocks;
            self.add(code, None, &[], &quote(prefix.as_bytes()));
            if code == PreflightCode::ServiceAccountRule {
                return false;
            }
        }
        let Some(link) = Link::cut_http(prefix) else {
            return true;
        };
        let has_port = link.host_and_port().1.is_some();
        if has_port && !self.has(PreflightCode::Port) && !self.has(PreflightCode::BadHost) {
            self.add(PreflightCode::Port, None, &[], link.authority);
        }
        if let Some(fragment) = link.fragment {
            let code = if fragment.contains('/') {
                self.is_hopeless = true;
                PreflightCode::FragmentInDirectory
            } else {
                PreflightCode::Fragment
            };
            self.add(code, None, &[], &format!("#{fragment}"));
        }
        true
    }

    fn judge_file(&mut self) {
        let text = core::str::from_utf8(self.expected);
        // Without a fetch, nothing was compared with it.
        if !self.right.is_empty() && !text.is_ok_and(content::is_content) {
            let seen = quote(&self.seen.file.content);
            self.add(PreflightCode::UnusualFile, None, &[], &seen);
        }
    }

    fn judge_host(&mut self) {
        let answer = self.seen.dns.as_ref().map(|dns| &dns.answer);
        let (is_answered, detail) = match answer {
            Some(Err(failure)) => (failure.is_answered, &*failure.detail),
            Some(Ok(addresses)) if addresses.is_empty() => (true, "no address"),
            Some(Ok(_)) | None => return,
        };
        let code = if is_answered {
            self.is_hopeless = true;
            PreflightCode::DnsFailed
        } else {
            PreflightCode::DnsUnanswered
        };
        self.add(code, None, &[], &escape(detail.as_bytes()));
    }

    fn judge_right_place(&mut self) {
        let mut problems = Vec::new();
        for fetch in self.right.clone() {
            match self.problem(fetch) {
                Some(code) => note(&mut problems, code, fetch),
                None => {
                    for code in response::warnings(fetch) {
                        note(&mut problems, code, fetch);
                    }
                }
            }
        }
        if !self.has_content() {
            self.find_elsewhere(&mut problems);
        }
        for (code, affected) in problems {
            let seen = self.seen_at(code, &affected);
            self.add(code, Some(&affected), &self.right.clone(), &seen);
        }
        self.judge_untried();
    }

    /// Returns what is wrong with a fetch of the right place.
    fn problem(&self, fetch: &Fetch) -> Option<PreflightCode> {
        match fetch.outcome {
            Outcome::NotTried { .. } => Some(PreflightCode::PrivateAddress),
            Outcome::Response(_) | Outcome::Failed { .. } => {
                response::problem(fetch, self.expected)
            }
        }
    }

    /// Whether some fetch of the right place has the content.
    fn has_content(&self) -> bool {
        let mut right = self.right.iter();
        right.any(|fetch| self.problem(fetch).is_none())
    }

    /// If the file is in a wrong place, that is the cause, and its absence in the right one is not.
    fn find_elsewhere(&self, problems: &mut Vec<(PreflightCode, Vec<&'a Fetch>)>) {
        let Some((_, code)) = self.elsewhere().first().copied() else {
            return;
        };
        let mut affected = Vec::new();
        problems.retain(|(found, fetches)| {
            let is_absence = ABSENCES.contains(found);
            if is_absence {
                affected.extend(fetches);
            }
            !is_absence
        });
        if !affected.is_empty() {
            problems.push((code, affected));
        }
    }

    /// Returns the fetches of wrong places that have the content, and what each means.
    fn elsewhere(&self) -> Vec<(&'a Fetch, PreflightCode)> {
        let mut found = Vec::new();
        for (place, code) in WRONG_PLACES {
            let mut fetches = self.seen.fetches.iter();
            found.extend(
                fetches
                    .by_ref()
                    .filter(|fetch| fetch.place == place && self.is_file(fetch))
                    .map(|fetch| (fetch, code)),
            );
        }
        found
    }

    /// Whether a fetch has the content, even if something is around it.
    fn is_file(&self, fetch: &Fetch) -> bool {
        match &fetch.outcome {
            Outcome::Response(response) => {
                response.status == 200 && content::is_within(&response.body, self.expected)
            }
            Outcome::Failed { .. } | Outcome::NotTried { .. } => false,
        }
    }

    fn seen_at(&self, code: PreflightCode, affected: &[&Fetch]) -> String {
        let Some(first) = affected.first() else {
            return String::new();
        };
        if code == PreflightCode::PrivateAddress {
            let address = first.address.ip();
            let range = special_range(address).unwrap_or_default();
            return format!("{address} ({range})");
        }
        let mut seen = describe(first);
        if WRONG_PLACES.iter().any(|(_, wrong)| *wrong == code) {
            for (fetch, _) in self.elsewhere() {
                // Writing to a text cannot fail.
                let _ = write!(seen, "; at {}: {}", fetch.url, describe(fetch));
            }
        }
        seen
    }

    /// Says which addresses were not looked at, unless it makes no difference.
    fn judge_untried(&mut self) {
        let causes = [PreflightCode::Port, PreflightCode::DnsUnanswered];
        let is_told = self.right.is_empty() && causes.into_iter().any(|code| self.has(code));
        if self.is_hopeless || is_told {
            return;
        }
        let right = &self.right;
        let is_untried = |fetch: &&Fetch| {
            let is_known = right.iter().any(|known| known.address == fetch.address);
            fetch.place == Place::Right && !is_known
        };
        let untried: Vec<_> = self.seen.fetches.iter().filter(is_untried).collect();
        if let Some(first) = untried.first() {
            let seen = describe(first);
            let all: Vec<_> = self.right.iter().chain(&untried).copied().collect();
            self.add(PreflightCode::NotLooked, Some(&untried), &all, &seen);
        } else if self.right.is_empty() {
            self.add(PreflightCode::NotLooked, None, &[], "nothing was fetched");
        }
    }

    fn judge_page(&mut self) {
        let has_answered = |fetch: &&Fetch| matches!(fetch.outcome, Outcome::Response(_));
        if !self.right.iter().any(has_answered) {
            return;
        }
        let mut fetches = self.seen.fetches.iter();
        let Some(page) = fetches.find(|fetch| fetch.place == Place::Page) else {
            return;
        };
        let is_unreachable = match &page.outcome {
            Outcome::Response(response) => response.status >= 500,
            Outcome::Failed { .. } => true,
            Outcome::NotTried { .. } => false,
        };
        // What ails the whole server is told already.
        let code = response::problem(page, self.expected);
        if is_unreachable && !code.is_some_and(|code| self.has(code)) {
            let affected = [page];
            let seen = describe(page);
            self.add(
                PreflightCode::PageUnreachable,
                Some(&affected),
                &affected,
                &seen,
            );
        }
    }

    fn has(&self, code: PreflightCode) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }

    /// Adds a finding that shows at the `affected` ones of `all` fetches. Without them, it is about
    /// the rule.
    fn add(
        &mut self,
        code: PreflightCode,
        affected: Option<&[&Fetch]>,
        all: &[&Fetch],
        seen: &str,
    ) {
        let share = affected.map(|affected| share(all, affected));
        let (extent, addresses, text_of_share) = match share {
            Some(share) => (share.extent, share.addresses, share.text),
            None => (Extent::Everywhere, Vec::new(), None),
        };
        let first = affected.and_then(<[_]>::first);
        let Text {
            message,
            why,
            remedy,
        } = text(code);
        let remedy = self.fill(&remedy.replace("{again}", AGAIN));
        self.findings.push(PreflightFinding {
            code,
            message: message.to_string(),
            url: first.map(|fetch| fetch.url.clone()),
            addresses,
            extent,
            share: text_of_share,
            seen: seen.to_string(),
            why: self.fill(why),
            remedy,
        });
    }

    fn fill(&self, template: &str) -> String {
        let prefix = &*self.seen.key.prefix;
        let file = &*self.seen.file.name;
        let url = location(prefix, file).unwrap_or_default();
        let nginx = server_line::nginx(&url, self.expected);
        let nginx = nginx.map_or_else(String::new, |line| format!(" In nginx: {line}"));
        let elsewhere = self.elsewhere();
        let wrong = elsewhere.first().map_or("", |(fetch, _)| &*fetch.url);
        let bare = prefix.split('#').next().unwrap_or_default();
        let host = Link::cut(prefix).map_or("", |link| link.host());
        let words = [
            ("url", &*url),
            ("file", file),
            ("prefix", prefix),
            ("bare", bare),
            ("host", host),
            ("wrong", wrong),
            ("nginx", &*nginx),
        ];
        fill(template, &words)
    }

    fn verdict(&self) -> PreflightVerdict {
        let has = |severity| {
            let mut findings = self.findings.iter();
            findings.any(|finding| finding.code.severity() == severity)
        };
        let has_content = self.has_content();
        if self.is_hopeless || has(Severity::Blocks) && !has_content {
            PreflightVerdict::WillFail
        } else if has(Severity::Blocks) || has(Severity::Warns) || !has_content {
            PreflightVerdict::MayFail
        } else {
            PreflightVerdict::NoCauseFound
        }
    }
}

/// Notes that a fetch has a problem.
fn note<'a>(
    problems: &mut Vec<(PreflightCode, Vec<&'a Fetch>)>,
    code: PreflightCode,
    fetch: &'a Fetch,
) {
    match problems.iter_mut().find(|(known, _)| *known == code) {
        Some((_, fetches)) => fetches.push(fetch),
        None => problems.push((code, [fetch].into())),
    }
}
