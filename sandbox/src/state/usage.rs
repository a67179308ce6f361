//! How often each account calls each interface, and how much of its quotas it has used.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::clock::{Moment, day, month};
use crate::interface::Interface;
use crate::refusal::Refusal;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What an account may do only so often in a day or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Quota {
    TokenCalls,
    StableTokenCalls,
    ForceRefreshes,
    Publishes,
    Clears,
    /// Calls of an interface that needs the account's token.
    Calls(Interface),
}

impl Quota {
    /// Returns the present day or month, as a number.
    fn period(self, now: Moment) -> i64 {
        match self {
            Self::Publishes | Self::Clears => month(now),
            _ => day(now),
        }
    }

    const fn errcode(self) -> i64 {
        match self {
            Self::Publishes => 886_000,
            Self::Clears => 48006,
            _ => 45009,
        }
    }
}

/// The limits of an account's calls to one interface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) per_second: usize,
    pub(crate) per_minute: usize,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    /// The calls of the last minute that were not refused for their pace.
    calls: HashMap<(Interface, String), VecDeque<Moment>>,
    /// The period in which a quota was last used, and how often it was used in that period.
    quotas: HashMap<(Quota, String), (i64, u32)>,
}

impl Usage {
    /// Counts a call, or refuses it with 44990 or 45011. A refused call does not count.
    pub(crate) fn count_call(
        &mut self,
        interface: Interface,
        appid: &str,
        now: Moment,
        pace: Pace,
    ) -> Result<(), Refusal> {
        let calls = self.calls.entry((interface, appid.to_owned())).or_default();
        let age = |call: &Moment| now.saturating_sub(*call);
        while calls.front().is_some_and(|call| age(call) >= MINUTE) {
            calls.pop_front();
        }
        let in_last_second = calls.iter().rev().take_while(|call| age(call) < SECOND);
        if in_last_second.count() >= pace.per_second {
            return Err(44990.into());
        }
        if calls.len() >= pace.per_minute {
            return Err(45011.into());
        }
        calls.push_back(now);
        Ok(())
    }

    /// Returns how often the account has used the quota in the present period.
    pub(crate) fn used(&self, quota: Quota, appid: &str, now: Moment) -> u32 {
        match self.quotas.get(&(quota, appid.to_owned())) {
            Some((period, used)) if *period == quota.period(now) => *used,
            _ => 0,
        }
    }

    /// Clears what the account has used of the quotas of a day, unless it has done so `limit` times
    /// this month.
    pub(crate) fn clear_day(
        &mut self,
        appid: &str,
        now: Moment,
        limit: u32,
    ) -> Result<(), Refusal> {
        self.consume(Quota::Clears, appid, now, limit)?;
        let is_of_month = |quota| matches!(quota, Quota::Publishes | Quota::Clears);
        self.quotas
            .retain(|(quota, of), _| of != appid || is_of_month(*quota));
        Ok(())
    }

    /// Uses the quota, or refuses if the limit is reached.
    pub(crate) fn consume(
        &mut self,
        quota: Quota,
        appid: &str,
        now: Moment,
        limit: u32,
    ) -> Result<(), Refusal> {
        let used = self.used(quota, appid, now);
        if used >= limit {
            return Err(quota.errcode().into());
        }
        let key = (quota, appid.to_owned());
        self.quotas.insert(key, (quota.period(now), used + 1));
        Ok(())
    }
}
