//! What the server did to each call, and the result that the call must therefore have.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::plan::{ALREADY_ADDED, Documented, Fault, Number, documented_errcode};

/// How the server treated one request of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The request got WeChat's answer, which may be a refusal.
    Answered,
    /// The request met a fault that hides the answer.
    Met(Fault),
    /// The request was refused because of its token.
    Stale { reading_back: bool },
    /// The request read back whether the rule stands.
    ReadBack { stands: bool },
}

impl Event {
    /// Returns the fault that hides WeChat's answer.
    fn fault(self) -> Option<Fault> {
        match self {
            Self::Met(fault) => Some(fault),
            Self::Stale { .. } => Some(Fault::Stale),
            Self::Answered | Self::ReadBack { .. } => None,
        }
    }

    /// Returns whether the client cannot know if a change was applied.
    fn leaves_in_doubt(self, number: Number) -> bool {
        number.adds() && matches!(self, Self::Met(fault) if fault.leaves_unknown())
    }

    fn is_read_back(self) -> bool {
        matches!(
            self,
            Self::ReadBack { .. } | Self::Stale { reading_back: true }
        )
    }
}

/// All calls of a run.
pub(crate) struct Ledger {
    /// The number of requests of each call.
    requests: Vec<AtomicU8>,
    /// The events of each call. Calls with one answered request are left out.
    events: Mutex<HashMap<Number, Vec<Event>>>,
    /// How often each fault was met, in the order of [`Fault::ALL`].
    faults: [AtomicU64; Fault::ALL.len()],
}

impl Ledger {
    pub(crate) fn new(calls: u32) -> Self {
        Self {
            requests: (0..calls).map(|_| AtomicU8::new(0)).collect(),
            events: Mutex::default(),
            faults: Default::default(),
        }
    }

    /// Counts a request of a call. Returns whether it is the first; `None` if the call is unknown.
    pub(crate) fn count_request(&self, number: Number) -> Option<bool> {
        let requests = self.requests.get(number.0 as usize)?;
        Some(requests.fetch_add(1, Ordering::Relaxed) == 0)
    }

    /// Records the event of a request.
    pub(crate) fn add(&self, number: Number, is_first: bool, event: Event) {
        if !(is_first && event == Event::Answered) {
            self.events().entry(number).or_default().push(event);
        }
    }

    pub(crate) fn count_fault(&self, fault: Fault) {
        if let Some(met) = self.faults.get(fault as usize) {
            met.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns how often each fault was met.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (Fault, u64)> {
        let met = self.faults.iter().map(|met| met.load(Ordering::Relaxed));
        Fault::ALL.into_iter().zip(met)
    }

    /// Returns the line that the client must print for a call; an error if it sent wrong requests.
    pub(crate) fn expect(&self, number: Number) -> Result<String, String> {
        let events = self.events().remove(&number).unwrap_or_default();
        let requests = self
            .requests
            .get(number.0 as usize)
            .map_or(0, |requests| usize::from(requests.load(Ordering::Relaxed)));
        if requests == 0 {
            return Err("nothing was sent".to_owned());
        }
        if requests != events.len().max(1) {
            return Err(format!(
                "{requests} requests were sent, but the events are {events:?}"
            ));
        }
        conclude(number, &events).ok_or_else(|| format!("wrong requests: {events:?}"))
    }

    fn events(&self) -> MutexGuard<'_, HashMap<Number, Vec<Event>>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the result of a call with these events; `None` if it stopped too early or sent too much.
fn conclude(number: Number, events: &[Event]) -> Option<String> {
    // A change in doubt is read back before it is sent again. Nothing else is read back.
    let mut was_in_doubt = false;
    for pair in events.windows(2) {
        let (before, after) = (pair.first()?, pair.last()?);
        let in_doubt = before.leaves_in_doubt(number);
        was_in_doubt |= in_doubt;
        if in_doubt && !after.is_read_back() || !was_in_doubt && after.is_read_back() {
            return None;
        }
    }
    let mut asked = events.iter().filter(|event| !event.is_read_back());
    let cause = asked.next_back().and_then(|event| event.fault());
    let error = |outcome| Some(format_error(number, &cause?.documented()?, outcome));
    // A call renews its token at most once.
    let stale = |event: &&Event| matches!(event, Event::Stale { .. });
    let is_final = |fault: Fault| match fault {
        Fault::Stale => events.iter().filter(stale).count() > 1,
        _ => !number.is_retried(),
    };
    match events.last() {
        None | Some(Event::Answered) => format_answer(number),
        Some(Event::ReadBack { stands: true }) => Some("read_back".to_owned()),
        Some(Event::ReadBack { stands: false }) if is_final(cause?) => error("not_applied"),
        Some(Event::Stale { reading_back: true }) if is_final(Fault::Stale) => error("unknown"),
        // A write in doubt would have been read back.
        Some(event) if event.leaves_in_doubt(number) => None,
        Some(event) if is_final(event.fault()?) => error("not_applied"),
        Some(_) => None,
    }
}

/// Returns the client's line for WeChat's own answer.
fn format_answer(number: Number) -> Option<String> {
    if number.is_refused() {
        let refusal = documented_errcode(ALREADY_ADDED)?;
        return Some(format_error(number, &refusal, "not_applied"));
    }
    if number.adds() {
        return Some("answered".to_owned());
    }
    let rules = number.rules();
    Some(format!(
        "listed {rules} {} {}",
        build_prefix(number, 0),
        build_path(number, rules - 1)
    ))
}

fn format_error(number: Number, documented: &Documented, outcome: &str) -> String {
    let (errcode, rid) = match documented.errcode {
        Some(errcode) => (errcode.to_string(), number.rid()),
        None => ("-".to_owned(), "-".to_owned()),
    };
    let Documented { kind, code, .. } = documented;
    format!("error {kind} {code} {errcode} {rid} {outcome}")
}

/// Returns the prefix of a listed rule.
pub(crate) fn build_prefix(number: Number, rule: usize) -> String {
    let Number(number) = number;
    match rule {
        0 => format!("http://weixin.qq.com/q/g{number}"),
        _ => format!("http://weixin.qq.com/q/g{number}-{rule}"),
    }
}

/// Returns the path of a listed rule.
pub(crate) fn build_path(number: Number, rule: usize) -> String {
    format!("pages/{}/{rule}", number.0)
}

#[cfg(test)]
mod tests {
    use super::Event::{Answered, Met, ReadBack, Stale};
    use super::{Event, Ledger, conclude};
    use crate::plan::{Fault, Number};

    const CALLS: u32 = 10_000;

    /// Finds a call without a fault of its own.
    fn find_call(adds: bool, is_retried: bool) -> Number {
        let wanted = |number: &Number| {
            number.adds() == adds
                && number.is_retried() == is_retried
                && number.fault().is_none()
                && !number.is_refused()
        };
        (0..CALLS).map(Number).find(wanted).unwrap()
    }

    #[test]
    fn a_call_without_retries_ends_with_its_fault() {
        let lost = "error network connection_lost - - not_applied";
        let met = [Met(Fault::Reset)];
        assert_eq!(
            conclude(find_call(false, false), &met).as_deref(),
            Some(lost)
        );
        assert_eq!(conclude(find_call(false, true), &met), None);
    }

    #[test]
    fn only_a_write_in_doubt_is_read_back() {
        let add = find_call(true, true);
        let stands = ReadBack { stands: true };
        let concluded = |events: &[Event]| conclude(add, events);
        assert_eq!(
            concluded(&[Met(Fault::Reset), stands]).as_deref(),
            Some("read_back")
        );
        assert_eq!(concluded(&[Met(Fault::Reset), Answered]), None);
        assert_eq!(concluded(&[Met(Fault::TooFast), stands]), None);
        assert_eq!(
            concluded(&[Met(Fault::Busy), ReadBack { stands: false }, Answered]).as_deref(),
            Some("answered")
        );
    }

    #[test]
    fn a_token_is_renewed_once() {
        let stale = Stale {
            reading_back: false,
        };
        let list = find_call(false, true);
        assert_eq!(conclude(list, &[stale]), None);
        assert!(
            conclude(list, &[stale, stale])
                .unwrap()
                .contains(" credentials ")
        );
        assert!(
            conclude(list, &[stale, Answered])
                .unwrap()
                .starts_with("listed ")
        );
    }

    #[test]
    fn a_request_that_is_sent_twice_is_an_error() {
        let ledger = Ledger::new(CALLS);
        let list = find_call(false, true);
        assert!(ledger.expect(list).is_err());
        let is_first = ledger.count_request(list).unwrap();
        ledger.add(list, is_first, Answered);
        assert!(ledger.expect(list).unwrap().starts_with("listed "));
        let is_first = ledger.count_request(list).unwrap();
        ledger.add(list, is_first, Answered);
        assert!(ledger.expect(list).is_err());
    }
}
