//! How often each account calls each interface.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::clock::Moment;
use crate::interface::Interface;
use crate::refusal::Refusal;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// The calls of the last minute that were not refused for their pace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    calls: HashMap<(Interface, String), VecDeque<Moment>>,
}

/// The limits of an account's calls to one interface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) per_second: usize,
    pub(crate) per_minute: usize,
}

impl Traffic {
    /// Counts a call, or refuses it with 44990 or 45011. A refused call does not count.
    pub(crate) fn count_call(
        &mut self,
        interface: Interface,
        appid: &str,
        now: Moment,
        pace: Pace,
    ) -> Result<(), Refusal> {
        let calls = self.calls.entry((interface, appid.to_owned())).or_default();
        while calls
            .front()
            .is_some_and(|call| now.saturating_sub(*call) >= MINUTE)
        {
            calls.pop_front();
        }
        let last_second = calls
            .iter()
            .rev()
            .take_while(|call| now.saturating_sub(**call) < SECOND)
            .count();
        if last_second >= pace.per_second {
            return Err(Refusal::new(44990));
        }
        if calls.len() >= pace.per_minute {
            return Err(Refusal::new(45011));
        }
        calls.push_back(now);
        Ok(())
    }
}
