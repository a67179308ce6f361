//! Whether all went well, and the table of it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::client::IN_FLIGHT;
use crate::ledger::Ledger;
use crate::observed::Observed;
use crate::plan::Number;
use crate::server::Connections;
use crate::wechat::WeChat;

/// The tenth at whose end all is warm: the arenas of the allocator, and each of the ways in which a program calls.
const WARM: usize = 4;

/// By how many KiB the memory in use may grow from then on: a leak of 14 bytes a call would be more in a million calls.
const FLAT: u64 = 8 * 1024;

/// The fewest calls whose memory is judged: after fewer, not all is warm.
const JUDGED: u32 = 200_000;

/// How many complaints of the same sort are told.
const TOLD: usize = 10;

/// What is known so far.
pub(crate) struct Verdict {
    calls: u32,
    /// How many clients the program has, each with tokens and connections of its own.
    clients: u64,
    began: Instant,
    start: Observed,
    /// At each tenth.
    tenths: Vec<Observed>,
    end: Option<Observed>,
    seen: Vec<bool>,
    judged: u32,
    wrong: Vec<String>,
    wrongs: u64,
    /// How many calls ended how.
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
        say("calls", "seconds", "RSS/KiB", "threads", "files");
        verdict.row("start", start);
        verdict
    }

    pub(crate) fn start(&self) -> Observed {
        self.start
    }

    /// Judges what the client said of a call; whether a tenth of them is over.
    pub(crate) fn judge(&mut self, ledger: &Ledger, result: &str) -> bool {
        let (number, found) = result.split_once(' ').unwrap_or((result, ""));
        match number.parse().map(Number) {
            Ok(number) if self.is_new(number) => {
                match ledger.expected(number) {
                    Ok(expected) if expected == found => {}
                    Ok(expected) => self.complain(format!("{result}; expected: {expected}")),
                    Err(complaint) => self.complain(format!("{result}; {complaint}")),
                }
                *self.results.entry(sort(found)).or_default() += 1;
            }
            _ => self.complain(format!("{result:?} is no call, or had ended before")),
        }
        self.judged += 1;
        self.judged * 10 / self.calls > u32::try_from(self.tenths.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn observe(&mut self, observed: Observed) {
        self.tenths.push(observed);
        self.row(&self.judged.to_string(), observed);
    }

    pub(crate) fn observe_end(&mut self, observed: Observed) {
        self.end = Some(observed);
        self.row("end", observed);
    }

    /// Prints what there was; gives what there is to complain of.
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

        self.wrong.truncate(TOLD);
        let mut complaints = std::mem::take(&mut self.wrong);
        let mut check = |is_so: bool, complaint: String| {
            if !is_so {
                complaints.push(complaint);
            }
        };
        check(self.wrongs == 0, format!("{} wrong results", self.wrongs));
        let missing = self.seen.iter().filter(|seen| !**seen).count();
        check(missing == 0, format!("{missing} calls have no result"));
        // Not every call that is on its way has a connection at the same moment: some wait to try again, or for a processor.
        check(
            most_open >= u64::from(IN_FLIGHT) / 2,
            format!("never were even {} calls on their way", IN_FLIGHT / 2),
        );
        // Of each client, one thread fetches, and the others use what it got.
        check(
            fetched <= self.clients * (dead + 1),
            "tokens were fetched that nobody needed".to_owned(),
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
        // When the last tenth ends, threads may have ended, and freed what they had.
        let last = self.tenths.iter().rev().take(2).map(|tenth| tenth.rss);
        if let (Some(warm), Some(last)) = (self.tenths.get(WARM - 1), last.max()) {
            check(
                self.calls < JUDGED || last <= warm.rss + FLAT,
                format!("the memory in use grew by more than {FLAT} KiB"),
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
        if self.wrong.len() < TOLD {
            self.wrong.push(complaint);
        }
    }

    fn row(&self, name: &str, observed: Observed) {
        let Observed {
            rss,
            threads,
            files,
        } = observed;
        let seconds = format!("{:.1}", self.began.elapsed().as_secs_f64());
        say(
            name,
            &seconds,
            &rss.to_string(),
            &threads.to_string(),
            &files.to_string(),
        );
    }
}

/// What a result has in common with others: not the rid, and not the rules.
fn sort(found: &str) -> String {
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
fn say(calls: &str, seconds: &str, rss: &str, threads: &str, files: &str) {
    println!("{calls:>9} {seconds:>8} {rss:>9} {threads:>8} {files:>6}");
}
