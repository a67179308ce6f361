//! The verdict of a run, and its table.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::client::IN_FLIGHT;
use crate::ledger::Ledger;
use crate::observed::Observed;
use crate::plan::Number;
use crate::server::Connections;
use crate::wechat::WeChat;

/// The tenth after which everything is warm: the allocator, and each way in which a client calls.
const WARM: usize = 4;

/// The allowed growth of memory after that, in KiB. In a million calls, a leak of 14 bytes a call
/// exceeds it.
const MAX_GROWTH_KIB: u64 = 8 * 1024;

/// The minimum number of calls for the check of memory: after fewer, not everything is warm.
const MIN_CALLS_FOR_MEMORY: u32 = 200_000;

/// The maximum number of printed complaints.
const MAX_COMPLAINTS: usize = 10;

/// The observations so far.
pub(crate) struct Verdict {
    calls: u32,
    /// The number of jumpqr clients, each with its own tokens and connections.
    clients: u64,
    began: Instant,
    start: Observed,
    /// The state after each tenth.
    tenths: Vec<Observed>,
    end: Option<Observed>,
    seen: Vec<bool>,
    judged: u32,
    wrong: Vec<String>,
    wrongs: u64,
    /// The number of calls by result.
    results: BTreeMap<String, u64>,
}

impl Verdict {
    pub(crate) fn new(calls: u32, clients: u64, start: Observed) -> Self {
        let verdict = Self {
            calls,
            clients,
            began: Instant::now(),
            start,
            tenths: Vec::new(),
            end: None,
            seen: vec![false; calls as usize],
            judged: 0,
            wrong: Vec::new(),
            wrongs: 0,
            results: BTreeMap::new(),
        };
        print_row("calls", "seconds", "RSS/KiB", "threads", "files");
        verdict.print_observed("start", start);
        verdict
    }

    pub(crate) fn start(&self) -> Observed {
        self.start
    }

    /// Judges a result of the client. Returns whether a tenth of the calls is complete.
    pub(crate) fn judge(&mut self, ledger: &Ledger, result: &str) -> bool {
        let (number, found) = result.split_once(' ').unwrap_or((result, ""));
        match number.parse().map(Number) {
            Ok(number) if self.is_new(number) => {
                match ledger.expect(number) {
                    Ok(expected) if expected == found => {}
                    Ok(expected) => self.complain(format!("{result}; expected: {expected}")),
                    Err(complaint) => self.complain(format!("{result}; {complaint}")),
                }
                *self.results.entry(group(found)).or_default() += 1;
            }
            _ => self.complain(format!(
                "{result:?} is unknown, or a second result of its call"
            )),
        }
        self.judged += 1;
        self.judged * 10 / self.calls > u32::try_from(self.tenths.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn observe(&mut self, observed: Observed) {
        self.tenths.push(observed);
        self.print_observed(&self.judged.to_string(), observed);
    }

    pub(crate) fn observe_end(&mut self, observed: Observed) {
        self.end = Some(observed);
        self.print_observed("end", observed);
    }

    /// Prints the summary. Returns all complaints.
    #[expect(clippy::print_stdout, reason = "a program for a terminal")]
    pub(crate) fn conclude(mut self, wechat: &WeChat, connections: &Connections) -> Vec<String> {
        for (result, calls) in &self.results {
            println!("{calls:>9} {result}");
        }
        let faults: Vec<String> = wechat
            .ledger
            .faults()
            .map(|(fault, met)| format!("{fault:?} {met}"))
            .collect();
        println!("faults: {}", faults.join(", "));
        let (fetched, dead) = (wechat.token_requests(), wechat.dead_tokens());
        println!("tokens: {dead} died, {fetched} fetched");
        let opened = connections.opened.load(Ordering::Relaxed);
        let most_open = connections.most_open.load(Ordering::Relaxed);
        println!("connections: {opened}, at most {most_open} at once");

        self.wrong.truncate(MAX_COMPLAINTS);
        let mut complaints = std::mem::take(&mut self.wrong);
        let mut check = |holds: bool, complaint: String| {
            if !holds {
                complaints.push(complaint);
            }
        };
        check(self.wrongs == 0, format!("{} wrong results", self.wrongs));
        let missing = self.seen.iter().filter(|seen| !**seen).count();
        check(missing == 0, format!("{missing} calls have no result"));
        // Not every call in flight has a connection: some wait for a retry, or for a processor.
        check(
            most_open >= u64::from(IN_FLIGHT) / 2,
            format!("there were never {} calls in flight", IN_FLIGHT / 2),
        );
        // In each client, one thread fetches a token, and the others use it.
        check(
            fetched <= self.clients * (dead + 1),
            "more tokens were fetched than needed".to_owned(),
        );
        let ended: u64 = wechat
            .ledger
            .faults()
            .filter(|(fault, _)| fault.ends_connection())
            .map(|(_, met)| met)
            .sum();
        check(
            opened <= ended + 2 * self.clients * u64::from(IN_FLIGHT) + u64::from(self.calls) / 50,
            "connections are not kept".to_owned(),
        );
        check(
            self.end.is_some_and(|end| end.is_like(self.start)),
            "threads or files were left".to_owned(),
        );
        // At the end of the last tenth, threads may have ended and freed their memory.
        let last = self.tenths.iter().rev().take(2).map(|tenth| tenth.rss);
        if let (Some(warm), Some(last)) = (self.tenths.get(WARM - 1), last.max()) {
            check(
                self.calls < MIN_CALLS_FOR_MEMORY || last <= warm.rss + MAX_GROWTH_KIB,
                format!("the memory in use grew by more than {MAX_GROWTH_KIB} KiB"),
            );
        }
        complaints
    }

    fn is_new(&mut self, number: Number) -> bool {
        match self.seen.get_mut(number.0 as usize) {
            Some(seen) => !std::mem::replace(seen, true),
            None => false,
        }
    }

    fn complain(&mut self, complaint: String) {
        self.wrongs += 1;
        if self.wrong.len() < MAX_COMPLAINTS {
            self.wrong.push(complaint);
        }
    }

    fn print_observed(&self, name: &str, observed: Observed) {
        let Observed {
            rss,
            threads,
            files,
        } = observed;
        let seconds = format!("{:.1}", self.began.elapsed().as_secs_f64());
        print_row(
            name,
            &seconds,
            &rss.to_string(),
            &threads.to_string(),
            &files.to_string(),
        );
    }
}

/// Returns the group of a result: without rid and rules.
fn group(found: &str) -> String {
    let mut words: Vec<&str> = found.split(' ').collect();
    match words.first() {
        Some(&"error") if words.len() > 4 => {
            words.remove(4);
        }
        Some(&"listed") => words.truncate(1),
        _ => {}
    }
    words.join(" ")
}

#[expect(clippy::print_stdout, reason = "a program for a terminal")]
fn print_row(calls: &str, seconds: &str, rss: &str, threads: &str, files: &str) {
    println!("{calls:>9} {seconds:>8} {rss:>9} {threads:>8} {files:>6}");
}
