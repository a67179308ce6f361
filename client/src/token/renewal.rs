//! One renewal: whatever processes and machines share the store, one of them asks WeChat at a time.

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, ErrorKind, OwnCode, Result};

use super::held::Held;
use super::issuer::Issuer;
use super::record::Record;
use super::refusal::{self, Refusal, Scope};
use super::stored_tokens::{StoredTokens, Unsaved};
use super::turn::{MOST_TRIES, Place, Turn};

/// WeChat forces a new token at most this often.
const BETWEEN_FORCED: Duration = Duration::from_secs(30);

/// How long a refresh token that is not stored yet may keep the end of its account's last client.
const LAST_SAVE: Duration = Duration::from_secs(2);

/// How long WeChat may be asked for.
const LONGEST_ASKING: Duration = Duration::from_secs(10);

/// How long WeChat may be asked for by a call that has so much time left: less than all of it, so that whoever waits for
/// that, and has as much time, has some left to ask itself, if the one who asked has died.
fn asking(time_left: Duration) -> Duration {
    (time_left * 3 / 4).min(LONGEST_ASKING)
}

/// How long others are kept from asking: somewhat longer, for the reading and writing before and after.
fn turn(time_left: Duration) -> Duration {
    asking(time_left) * 5 / 4
}

impl<I: Issuer> StoredTokens<I> {
    /// The token that somebody else has put into the store, or else a new one, which is put there.
    ///
    /// If the store fails, it is tried a few times more. If the refresh token that WeChat has just
    /// given would be lost, it is tried until the deadline.
    pub(super) fn renew(&self, rejected: Option<&Secret>, deadline: Duration) -> Result<Held> {
        let place = self.place(deadline);
        let mut late: Option<Error> = None;
        let mut failures = 0;
        let waited_before = self.lock().unsaved.is_some();
        loop {
            let progress = self.issuer.progress();
            let error = match self.renew_at(&place, rejected) {
                Ok(held) => return Ok(held),
                Err(error) => self.say_what_is_unsaved(error),
            };
            let got_further = self.issuer.progress() != progress;
            let would_lose = !waited_before && self.lock().unsaved.is_some();
            let is_worth_it =
                self.may_pass(&error, rejected) && (would_lose || failures < MOST_TRIES);
            if is_worth_it && place.pause_between_tries(failures) {
                failures += 1;
                continue;
            }
            if place.time_left().is_zero() {
                // What held the former attempt up is what the whole renewal failed with.
                return Err(match late {
                    Some(late) if !got_further => late,
                    _ => error,
                });
            }
            // Somebody else may have a token by now; if not, there is time to ask once more. Each
            // attempt that gets further is followed by another.
            if error.kind() != ErrorKind::Timeout || (late.is_some() && !got_further) {
                return Err(error);
            }
            late = Some(error);
        }
    }

    /// The same error, unless a refresh token waits to be stored: then one that says so.
    fn say_what_is_unsaved(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Store || self.lock().unsaved.is_none() {
            return error;
        }
        let what = format!(
            "the refresh token of {} that WeChat has just given could not be stored: {}",
            self.issuer.appid(),
            error.message()
        );
        let advice = format!(
            "{} Then call again: this process keeps the refresh token in memory. If the process ends before, the next call looks it up in WeChat's list of merchants.",
            error.advice()
        );
        error.with_message(what).with_advice(advice)
    }

    /// Stores the refresh token that waits for it, if the store has not gone on from there. For the
    /// end of the process: what cannot be stored is said in a warning.
    pub(super) fn save_at_last(&self) {
        if self.lock().unsaved.is_none() {
            return;
        }
        let place = self.place(self.clock.now().saturating_add(LAST_SAVE));
        let mut failures = 0;
        while let Err(error) = self.save_unsaved(&place) {
            if error.is_retryable() && failures < MOST_TRIES && place.pause_between_tries(failures)
            {
                failures += 1;
                continue;
            }
            log::warn!(
                "the refresh token of {} that WeChat gave last was not stored: {}. The next call looks it up in WeChat's list of merchants.",
                self.issuer.appid(),
                error.message()
            );
            return;
        }
    }

    fn save_unsaved(&self, place: &Place<'_>) -> Result<()> {
        loop {
            if let Some(turn) = place.take_turn(turn(place.time_left()))? {
                let (record, _) = Record::load(&*self.store, &self.key, place.time_left())?;
                let Some(unsaved) = self.unsaved(&record) else {
                    return Ok(());
                };
                if turn.save(&unsaved.bytes()?)? {
                    self.lock().unsaved = None;
                    return Ok(());
                }
            }
            place.pause()?;
        }
    }

    /// Whether it is a failure of the store that may pass, and that memory cannot make up for.
    fn may_pass(&self, error: &Error, rejected: Option<&Secret>) -> bool {
        let state = self.lock();
        let memory_serves = state.usable(self.clock.now(), rejected).is_some();
        error.kind() == ErrorKind::Store
            && error.is_retryable()
            && (state.unsaved.is_some() || !memory_serves)
    }

    fn renew_at(&self, place: &Place<'_>, rejected: Option<&Secret>) -> Result<Held> {
        loop {
            let record = self.look(place, rejected)?;
            if let Some(held) = self.fresh(rejected) {
                return Ok(held);
            }
            self.check_refusal(place, &record)?;
            if let Some(turn) = place.take_turn(turn(place.time_left()))? {
                if let Some(held) = self.renew_in_turn(place, &turn, rejected)? {
                    return Ok(held);
                }
            } else {
                // Somebody else is renewing it; until that is done, the former one serves.
                let now = self.clock.now();
                if let Some(mut held) = self.lock().usable(now, rejected).cloned() {
                    held.postpone(now);
                    return Ok(held);
                }
            }
            place.pause()?;
        }
    }

    /// The same with the sole right to change the record; `None` if that was lost before what came was stored.
    fn renew_in_turn(
        &self,
        place: &Place<'_>,
        turn: &Turn,
        rejected: Option<&Secret>,
    ) -> Result<Option<Held>> {
        // It may have been renewed between the look into the store and the lock.
        let mut record = self.look(place, rejected)?;
        if let Some(unsaved) = self.unsaved(&record) {
            if !turn.save(&unsaved.bytes()?)? {
                return Ok(None);
            }
            self.lock().unsaved = None;
            record = self.look(place, rejected)?;
        }
        if let Some(held) = self.fresh(rejected) {
            return Ok(Some(held));
        }
        self.check_refusal(place, &record)?;

        let proof = self.issuer.proof(&record, place.time_left())?;
        let timeout = asking(place.time_left());
        if timeout.is_zero() {
            return Err(Error::new(
                OwnCode::Timeout,
                "no time was left to ask for a token",
            ));
        }
        let started = self.clock.now();
        let time_of_day = self.clock.time_of_day();
        let force = self.must_force(&record, rejected, time_of_day);
        if force {
            record.forced_at(time_of_day);
        }
        let issued = match self.issuer.issue(&proof, force, timeout) {
            Ok(issued) => issued,
            Err(error) => {
                self.give_up(turn, record, rejected, &error, &proof);
                return Err(error);
            }
        };
        let same = Some(&issued.token.access_token) == rejected;
        let former = record.refresh_token();
        let refresh_token = issued.refresh_token.or_else(|| former.clone());
        let rotated = refresh_token != former;
        let new = record.renewed(&issued.token, refresh_token, time_of_day);
        let mut state = self.lock();
        state.asked = true;
        state.suspect = same.then(|| issued.token.access_token.clone());
        state.refusal = None;
        state.unsaved = rotated.then(|| Unsaved {
            replaces: former,
            record: new.clone(),
        });
        drop(state);

        match turn.save(&new.bytes()?) {
            Ok(true) => self.lock().unsaved = None,
            Ok(false) if rotated => return Ok(None),
            // Who outlived this turn has a later token, which may have killed this one.
            Ok(false) => {
                if self.look(place, rejected).is_ok() {
                    if let Some(later) = self.fresh(rejected) {
                        return Ok(Some(later));
                    }
                }
            }
            Err(error) if rotated => return Err(error),
            // The token is good all the same, and memory serves it.
            Err(_) => {}
        }
        Ok(Some(Held::new(&issued.token, started, turn.version())))
    }

    /// Loads the record, and holds its token unless the one that is held is of a later record.
    fn look(&self, place: &Place<'_>, rejected: Option<&Secret>) -> Result<Record> {
        let (record, version) = Record::load(&*self.store, &self.key, place.time_left())?;
        let now = self.clock.now();
        if let Some((answer, age)) = record.access_token(self.clock.time_of_day()) {
            let stored = Held::aged(&answer, age, now, version);
            let mut state = self.lock();
            // The same one keeps the time at which this process renews it.
            let is_later = state.held.as_ref().is_none_or(|held| {
                let same = held.token == stored.token && held.is_usable(now, None);
                !same && held.version <= version
            });
            if age < answer.expires_in && Some(&stored.token) != rejected && is_later {
                state.held = Some(stored);
            }
        }
        Ok(record)
    }

    /// The token that is held, unless it is due to be renewed.
    fn fresh(&self, rejected: Option<&Secret>) -> Option<Held> {
        let now = self.clock.now();
        let state = self.lock();
        let held = state.usable(now, rejected)?;
        (now < held.renew_at).then(|| held.clone())
    }

    /// What came with a new refresh token and could not be stored, unless the store has gone on from there.
    fn unsaved(&self, stored: &Record) -> Option<Record> {
        let mut state = self.lock();
        let refresh_token = stored.refresh_token();
        let applies =
            |unsaved: &Unsaved| refresh_token.is_none() || unsaved.replaces == refresh_token;
        state.unsaved = state.unsaved.take().filter(applies);
        state.unsaved.as_ref().map(|unsaved| unsaved.record.clone())
    }

    /// Whether the same token would come again, although WeChat called it stale twice, and none was forced lately.
    fn must_force(
        &self,
        record: &Record,
        rejected: Option<&Secret>,
        time_of_day: Duration,
    ) -> bool {
        rejected.is_some()
            && rejected == self.lock().suspect.as_ref()
            && record
                .forced_ago(time_of_day)
                .is_none_or(|ago| ago >= BETWEEN_FORCED)
    }

    /// Fails with what WeChat has said to these credentials a short time ago.
    fn check_refusal(&self, place: &Place<'_>, record: &Record) -> Result<()> {
        let here = self.lock().refusal.clone();
        if here.is_none() && record.refusal.is_none() {
            return Ok(());
        }
        let proof = self.issuer.proof(record, place.time_left())?;
        let credentials = self.issuer.credentials(&proof);
        let now = self.clock.time_of_day();
        for refusal in here.iter().chain(&record.refusal) {
            if let Some(again_in) = refusal.again_in(&credentials, now) {
                return Err(refusal.error(self.issuer.interface(), again_in));
            }
        }
        Ok(())
    }

    /// Leaves what others are to know: a token that was rejected is not used any more, and an error that would come again is
    /// remembered. The failure to store that changes nothing: this process remembers it.
    fn give_up(
        &self,
        turn: &Turn,
        mut record: Record,
        rejected: Option<&Secret>,
        error: &Error,
        proof: &Secret,
    ) {
        record.drop_access_token(rejected);
        let mut state = self.lock();
        state.held = state
            .held
            .take()
            .filter(|held| Some(&held.token) != rejected);
        let own = error
            .interface()
            .is_some_and(|interface| self.issuer.is_own(interface));
        if let Some(scope) = refusal::scope(error).filter(|_| own) {
            let former = state.refusal.iter().chain(&record.refusal);
            let credentials = self.issuer.credentials(proof);
            let time_of_day = self.clock.time_of_day();
            let refusal = Refusal::new(error, credentials, former, time_of_day);
            state.refusal = Some(refusal.clone());
            if matches!(scope, Scope::Everybody) || self.store.is_of_one_machine() {
                record.refusal = Some(refusal);
            }
        }
        drop(state);
        drop(record.bytes().and_then(|bytes| turn.save(&bytes)));
    }
}
