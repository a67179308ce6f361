//! What the server did to each call, and so what the call must have ended with.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::plan::{ADDED_BEFORE, Documented, Fault, Number, documented_errcode};

/// What became of one request of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// It got WeChat's answer, be it a refusal.
    Answered,
    /// It met a fault that hides the answer.
    Met(Fault),
    /// It was refused because of its token.
    Stale { reading_back: bool },
    /// It read back whether the rule stands.
    ReadBack { stands: bool },
}

impl Event {
    /// What hides WeChat's answer.
    fn fault(self) -> Option<Fault> {
        match self {
            Self::Met(fault) => Some(fault),
            Self::Stale { .. } => Some(Fault::Stale),
            Self::Answered | Self::ReadBack { .. } => None,
        }
    }

    /// Whether nobody can know if a change was applied.
    fn leaves_in_doubt(self, number: Number) -> bool {
        number.adds() && matches!(self, Self::Met(fault) if fault.leaves_unknown())
    }

    fn is_of_reading_back(self) -> bool {
        matches!(
            self,
            Self::ReadBack { .. } | Self::Stale { reading_back: true }
        )
    }
}

/// All calls of a run.
pub(crate) struct Ledger {
    /// How many requests there were of each call.
    requests: Vec<AtomicU8>,
    /// What became of them, but for calls that had one request, and got the answer.
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

    /// Counts a request of a call; whether it is the first, or `None` where there is no such call.
    pub(crate) fn is_first(&self, number: Number) -> Option<bool> {
        let requests = self.requests.get(number.0 as usize)?;
        Some(requests.fetch_add(1, Ordering::Relaxed) == 0)
    }

    /// Keeps what became of a request.
    pub(crate) fn keep(&self, number: Number, is_first: bool, event: Event) {
        if !(is_first && event == Event::Answered) {
            self.events().entry(number).or_default().push(event);
        }
    }

    pub(crate) fn count(&self, fault: Fault) {
        if let Some(met) = self.faults.get(fault as usize) {
            met.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each fault was met.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (Fault, u64)> {
        let met = self.faults.iter().map(|met| met.load(Ordering::Relaxed));
        Fault::ALL.into_iter().zip(met)
    }

    /// What the client must say of a call; an error where the server was asked what it must not have been asked.
    pub(crate) fn expected(&self, number: Number) -> Result<String, String> {
        let events = self.events().remove(&number).unwrap_or_default();
        let requests = self
            .requests
            .get(number.0 as usize)
            .map_or(0, |requests| usize::from(requests.load(Ordering::Relaxed)));
        if requests == 0 {
            return Err("nothing was sent".to_owned());
        }
        if requests != events.len().max(1) {
            return Err(format!("{requests} requests were sent; {events:?}"));
        }
        conclude(number, &events).ok_or_else(|| format!("this must not happen: {events:?}"))
    }

    fn events(&self) -> MutexGuard<'_, HashMap<Number, Vec<Event>>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a call ends with whose requests met `events`; `None` where it should have gone on, or not so far.
fn conclude(number: Number, events: &[Event]) -> Option<String> {
    // What may have been applied is not sent again before it was read back; and nothing else is read back.
    let mut doubted = false;
    for pair in events.windows(2) {
        let (before, after) = (pair.first()?, pair.last()?);
        let in_doubt = before.leaves_in_doubt(number);
        doubted |= in_doubt;
        if in_doubt && !after.is_of_reading_back() || !doubted && after.is_of_reading_back() {
            return None;
        }
    }
    let mut asked = events.iter().filter(|event| !event.is_of_reading_back());
    let cause = asked.next_back().and_then(|event| event.fault());
    let error = |outcome| Some(error(number, &cause?.documented()?, outcome));
    // A token is renewed once for a call.
    let stale = |event: &&Event| matches!(event, Event::Stale { .. });
    let is_final = |fault: Fault| match fault {
        Fault::Stale => events.iter().filter(stale).count() > 1,
        _ => !number.is_retried(),
    };
    match events.last() {
        None | Some(Event::Answered) => answer(number),
        Some(Event::ReadBack { stands: true }) => Some("read_back".to_owned()),
        Some(Event::ReadBack { stands: false }) if is_final(cause?) => error("not_applied"),
        Some(Event::Stale { reading_back: true }) if is_final(Fault::Stale) => error("unknown"),
        // A write in doubt would have been read back.
        Some(event) if event.leaves_in_doubt(number) => None,
        Some(event) if is_final(event.fault()?) => error("not_applied"),
        Some(_) => None,
    }
}

/// What the client says of WeChat's own answer.
fn answer(number: Number) -> Option<String> {
    if number.is_refused() {
        let refusal = documented_errcode(ADDED_BEFORE)?;
        return Some(error(number, &refusal, "not_applied"));
    }
    if number.adds() {
        return Some("answered".to_owned());
    }
    let rules = number.rules();
    Some(format!(
        "listed {rules} {} {}",
        prefix(number, 0),
        path(number, rules - 1)
    ))
}

fn error(number: Number, documented: &Documented, outcome: &str) -> String {
    let (errcode, rid) = match documented.errcode {
        Some(errcode) => (errcode.to_string(), number.rid()),
        None => ("-".to_owned(), "-".to_owned()),
    };
    let Documented { kind, code, .. } = documented;
    format!("error {kind} {code} {errcode} {rid} {outcome}")
}

/// The prefix of one of the rules that are listed.
pub(crate) fn prefix(number: Number, rule: usize) -> String {
    let Number(number) = number;
    match rule {
        0 => format!("http://weixin.qq.com/q/g{number}"),
        _ => format!("http://weixin.qq.com/q/g{number}-{rule}"),
    }
}

/// The path of one of the rules that are listed.
pub(crate) fn path(number: Number, rule: usize) -> String {
    format!("pages/{}/{rule}", number.0)
}

#[cfg(test)]
mod tests {
    use super::Event::{Answered, Met, ReadBack, Stale};
    use super::{Event, Ledger, conclude};
    use crate::plan::{Fault, Number};

    const CALLS: u32 = 10_000;

    /// A call without a fault of its own, made by the one client or the other.
    fn call(adds: bool, is_retried: bool) -> Number {
        let wanted = |number: &Number| {
            number.adds() == adds
                && number.is_retried() == is_retried
                && number.fault().is_none()
                && !number.is_refused()
        };
        (0..CALLS).map(Number).find(wanted).unwrap()
    }

    #[test]
    fn a_call_ends_with_the_fault_that_it_met_unless_it_is_tried_again() {
        let lost = "error network connection_lost - - not_applied";
        let met = [Met(Fault::Reset)];
        assert_eq!(conclude(call(false, false), &met).as_deref(), Some(lost));
        assert_eq!(conclude(call(false, true), &met), None);
    }

    #[test]
    fn a_write_in_doubt_is_read_back_and_nothing_else_is() {
        let add = call(true, true);
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
        let list = call(false, true);
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
    fn a_request_that_is_sent_twice_is_noticed() {
        let ledger = Ledger::new(CALLS);
        let list = call(false, true);
        assert!(ledger.expected(list).is_err());
        let is_first = ledger.is_first(list).unwrap();
        ledger.keep(list, is_first, Answered);
        assert!(ledger.expected(list).unwrap().starts_with("listed "));
        let is_first = ledger.is_first(list).unwrap();
        ledger.keep(list, is_first, Answered);
        assert!(ledger.expected(list).is_err());
    }
}
