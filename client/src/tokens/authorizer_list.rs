use std::collections::HashMap;
use std::sync::{Arc, Condvar};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, ErrorKind, OwnCode, Result};
use jumpqr_core::interface::{
    ApiGetAuthorizerList, AuthorizerList as Page, AuthorizerWalk, WalkPosition,
};
use jumpqr_core::renewal::{Listed, Recalled};

use super::single_flight::Failure;
use crate::clock::Clock;
use crate::mutex::{Mutex, wait};

/// How long the pages are kept after the last one was read. If many merchants have lost their
/// refresh tokens, the list is not read for each of them.
const KEPT: Duration = Duration::from_secs(60);

/// The most merchants whose refresh tokens are kept, about 200 bytes each.
const MOST_KEPT: usize = 100_000;

/// How long a search waits for the next call that goes on with it.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// WeChat's list of a platform's merchants, with the refresh token of each.
///
/// All who search read one walk through the list together: one of them reads the next page, the
/// others wait for it. A search whose time is over goes on with the next call for that merchant.
pub(crate) struct AuthorizerList {
    first_page: ApiGetAuthorizerList,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    page_read: Condvar,
}

#[derive(Default)]
struct State {
    walk: AuthorizerWalk,
    /// The refresh tokens on the pages that were read lately, by appid. `None` if WeChat names no
    /// refresh token, or after it was handed out: it may be used up.
    kept: HashMap<String, Option<Secret>>,
    /// When the last page was read, and how many were in all.
    last_page_at: Duration,
    pages_read: u64,
    /// When the round under way began, if it began with the first merchant and all of it is kept.
    round_began_at: Option<Duration>,
    /// When the last round began, if it was read whole and all of it is kept.
    whole_round_began_at: Option<Duration>,
    searches: HashMap<String, Search>,
    is_reading: bool,
    /// How many readings have begun.
    begun: u64,
    /// How many readings have ended, and what the last one failed with.
    ended: u64,
    failure: Option<Failure>,
}

/// A search for a merchant, from one call to the next.
#[derive(Default)]
struct Search {
    /// The refresh token that was refused before the search began.
    refused: Option<Secret>,
    /// How many readings had begun before: what they bring may be out of date.
    after: u64,
    /// Where its first page began.
    start: Option<WalkPosition>,
    last_call_at: Duration,
    /// The merchant, after a page has named it.
    found: Option<Listed>,
}

impl AuthorizerList {
    pub(crate) fn new(first_page: ApiGetAuthorizerList, clock: Arc<dyn Clock>) -> Self {
        Self {
            first_page,
            clock,
            state: Mutex::default(),
            page_read: Condvar::new(),
        }
    }

    /// Returns what the pages that were read lately say of the merchant. A refresh token may be out
    /// of date, and is handed out once.
    pub(super) fn recall(&self, appid: &str) -> Recalled {
        let now = self.clock.now();
        let mut state = self.state.lock();
        state.release(now);
        let is_whole = state
            .whole_round_began_at
            .is_some_and(|began_at| now < began_at.saturating_add(KEPT));
        let kept = state.kept.get_mut(appid);
        let is_kept = kept.is_some();
        Recalled {
            refresh_token: kept.and_then(Option::take),
            is_listed: (is_kept || is_whole).then_some(is_kept),
        }
    }

    /// Forgets which merchants the list did not have: a new one has authorised the platform.
    pub(crate) fn expect_new_merchant(&self) {
        let mut state = self.state.lock();
        state.round_began_at = None;
        state.whole_round_began_at = None;
    }

    /// How many pages were read in all.
    pub(super) fn pages_read(&self) -> u64 {
        self.state.lock().pages_read
    }

    /// Drops the pages and the searches that have become old.
    pub(crate) fn release(&self) {
        self.state.lock().release(self.clock.now());
    }

    /// Returns what a page says of the merchant that is read after `refused` was refused. Each call
    /// for the merchant goes on with the same search, until it has an end.
    ///
    /// `read` reads a page within some time. Errors: those of `read`; and a retryable time-out at
    /// `deadline`, which says how far the search is.
    pub(super) fn search(
        &self,
        appid: &str,
        refused: Option<&Secret>,
        deadline: Duration,
        read: impl Fn(ApiGetAuthorizerList, Duration) -> Result<Page>,
    ) -> Result<Listed> {
        let mut state = self.state.lock();
        state.begin(appid, refused, self.clock.now());
        let mut page_took = None;
        loop {
            if let Some(listed) = state.end(appid) {
                return Ok(listed);
            }
            let now = self.clock.now();
            let time_left = deadline.saturating_sub(now);
            // A page that is broken off is read for nothing.
            if time_left.is_zero() || page_took.is_some_and(|took| time_left < took) {
                return Err(self.unfinished(&state, appid));
            }
            if state.is_reading {
                let ended = state.ended;
                state = wait(&self.page_read, state, time_left);
                if let Some(failure) = state.failure.as_ref().filter(|_| state.ended != ended) {
                    failure.check(deadline)?;
                }
                continue;
            }
            state.is_reading = true;
            state.begun += 1;
            let call = ApiGetAuthorizerList {
                offset: state.walk.position().offset,
                ..self.first_page.clone()
            };
            drop(state);
            let mut reading = Reading {
                list: self,
                deadline,
                page: Err(Error::new(
                    OwnCode::Internal,
                    "the reading of the list of merchants was broken off",
                )),
            };
            reading.page = read(call, time_left);
            let failure = reading.page.as_ref().err().cloned();
            drop(reading);
            page_took = Some(self.clock.now().saturating_sub(now));
            state = self.state.lock();
            if let Some(error) = failure {
                let is_late = error.kind() == ErrorKind::Timeout && self.clock.now() >= deadline;
                return Err(if is_late && state.has_read(appid) {
                    self.unfinished(&state, appid).with_source(error)
                } else {
                    error
                });
            }
        }
    }

    fn unfinished(&self, state: &State, appid: &str) -> Error {
        let start = state.searches.get(appid).and_then(|search| search.start);
        let read = start.map_or(0, |start| state.walk.merchants_since(start));
        let of = match state.walk.total_count() {
            Some(total) => format!("{} of {total}", read.min(total)),
            None => read.to_string(),
        };
        let what = format!(
            "{appid} is searched for in WeChat's list of the merchants of {}: {of} were read when the time was over",
            self.first_page.component_appid
        );
        Error::new(OwnCode::Timeout, what)
            .with_advice("Call again: the search goes on where it stopped. A longer timeout lets one call read more of the list.")
    }
}

impl State {
    fn release(&mut self, now: Duration) {
        self.searches
            .retain(|_, search| now < search.last_call_at.saturating_add(LONGEST_PAUSE));
        let is_old = now >= self.last_page_at.saturating_add(KEPT);
        if is_old && !self.is_reading && !self.kept.is_empty() {
            self.kept = HashMap::new();
            self.round_began_at = None;
            self.whole_round_began_at = None;
        }
        if is_old && !self.is_reading && self.searches.is_empty() {
            self.searches = HashMap::new();
        }
    }

    /// Begins a search, or goes on with the one under way.
    fn begin(&mut self, appid: &str, refused: Option<&Secret>, now: Duration) {
        self.release(now);
        if self.kept.is_empty() && self.searches.is_empty() && !self.is_reading {
            self.walk.begin_again();
        }
        let begun = self.begun;
        let search = self
            .searches
            .entry(appid.to_owned())
            .or_insert_with(|| Search::new(refused, begun));
        // What was read before this refresh token was refused may be out of date.
        if search.refused.as_ref() != refused {
            *search = Search::new(refused, begun);
        }
        search.last_call_at = now;
    }

    /// Ends the search if its result is known.
    fn end(&mut self, appid: &str) -> Option<Listed> {
        let search = self.searches.get(appid)?;
        let listed = match &search.found {
            Some(found) => found.clone(),
            None if self.walk.has_come_round(search.start?) => Listed::Absent,
            None => return None,
        };
        self.searches.remove(appid);
        Some(listed)
    }

    fn has_read(&self, appid: &str) -> bool {
        self.searches
            .get(appid)
            .is_some_and(|search| search.start.is_some())
    }

    /// Keeps a page, which the last reading has brought.
    fn keep(&mut self, page: Page, now: Duration) {
        let reading = self.begun;
        let position = self.walk.position();
        if position.is_first() {
            self.round_began_at = Some(now);
        }
        for search in self.searches.values_mut() {
            if search.after < reading {
                search.start.get_or_insert(position);
            }
        }
        self.walk.read(&page);
        self.last_page_at = now;
        self.pages_read += 1;
        for listed in page.list {
            let appid = listed.authorizer_appid;
            let mut refresh_token = listed.refresh_token;
            let search = self.searches.get_mut(&appid);
            if let Some(search) = search.filter(|search| search.after < reading) {
                search.found = Some(refresh_token.take().map_or(Listed::Without, Listed::With));
            }
            if self.kept.len() < MOST_KEPT || self.kept.contains_key(&appid) {
                self.kept.insert(appid, refresh_token);
            } else {
                self.round_began_at = None;
            }
        }
        if self.walk.position().is_first() {
            self.whole_round_began_at = self.round_began_at.take();
        }
    }
}

impl Search {
    fn new(refused: Option<&Secret>, after: u64) -> Self {
        Self {
            refused: refused.cloned(),
            after,
            ..Self::default()
        }
    }
}

/// Ends a reading, even one that panicked: those who wait are told.
struct Reading<'a> {
    list: &'a AuthorizerList,
    deadline: Duration,
    page: Result<Page>,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let now = self.list.clock.now();
        let page = std::mem::replace(&mut self.page, Ok(Page::default()));
        let mut state = self.list.state.lock();
        state.is_reading = false;
        state.ended += 1;
        state.failure = None;
        match page {
            Ok(page) => state.keep(page, now),
            Err(error) => {
                state.failure = Some(Failure {
                    error,
                    deadline: self.deadline,
                });
            }
        }
        drop(state);
        self.list.page_read.notify_all();
    }
}
