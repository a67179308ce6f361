//! The record comes from the store.

use super::cached::CachedToken;
use super::record::TokenRecord;
use super::{Moment, Renewal, Saving, State, StoredRecord, Then};
use crate::error::Result;

/// Why the record is loaded.
#[derive(Debug)]
pub(super) enum Loading {
    /// Somebody else may have renewed the token.
    First,
    /// Somebody else may have renewed it before the lease was taken.
    Leased,
    /// The lease was lost. Its next holder has a later token, which may have killed this one.
    LeaseLost(CachedToken),
}

impl Renewal<'_> {
    /// Takes the result of [`Step::Load`](super::Step::Load): `None` if the store holds nothing.
    pub fn handle_load(&mut self, moment: Moment, stored: Result<Option<StoredRecord>>) {
        let why = take_state!(self, State::Loading(why) => why);
        let read = stored.and_then(|stored| self.read(moment, stored));
        match (why, read) {
            (Loading::LeaseLost(own), read) => {
                let later = self.fresh(moment).filter(|_| read.is_ok());
                let token = later.unwrap_or_else(|| {
                    let token = own.token.clone();
                    self.memory.cached = Some(own);
                    token
                });
                self.end(moment, Then::End(token));
            }
            (_, Err(error)) => self.end(moment, Then::Fail(error)),
            (Loading::First, Ok(record)) => self.before_lease(moment, record),
            (Loading::Leased, Ok(record)) => self.under_lease(moment, record),
        }
    }

    /// Reads a record, and caches its token unless the cached one is of a later record.
    fn read(&mut self, moment: Moment, stored: Option<StoredRecord>) -> Result<TokenRecord> {
        let Some(stored) = stored else {
            return Ok(TokenRecord::default());
        };
        let record = TokenRecord::parse(&stored.bytes, self.account.key)?;
        if record.unauthorised_at().is_some() {
            let cached = &mut self.memory.cached;
            cached.take_if(|cached| cached.version <= stored.version);
        }
        let Some((response, age)) = record.access_token(moment.time_of_day) else {
            return Ok(record);
        };
        let (now, version) = (moment.now, stored.version);
        let found = CachedToken::aged(&response, age, now, version, self.chance);
        let is_later = self.memory.cached.as_ref().is_none_or(|cached| {
            // The same token keeps the time at which this process renews it.
            let is_same = cached.token == found.token && cached.is_usable(now, None);
            !is_same && cached.version <= version
        });
        if age < response.expires_in && Some(&found.token) != self.rejected.as_ref() && is_later {
            self.memory.cached = Some(found);
        }
        Ok(record)
    }

    fn before_lease(&mut self, moment: Moment, record: TokenRecord) {
        let is_refused = self.memory.refusal.is_some() || record.refusal.is_some();
        self.record = record;
        if let Some(token) = self.fresh(moment) {
            self.end(moment, Then::End(token));
        } else if let Some(error) = self.account.unauthorised(&self.record) {
            self.end(moment, Then::Fail(error));
        } else if is_refused {
            self.state = State::GettingCredential;
        } else {
            self.state = State::Leasing;
        }
    }

    fn under_lease(&mut self, moment: Moment, record: TokenRecord) {
        let unsaved = self.memory.unsaved_after(&record);
        self.had_unsaved &= unsaved.is_some();
        self.record = record;
        if let Some(unsaved) = unsaved {
            self.save(moment, &unsaved, Saving::Unsaved);
        } else if let Some(token) = self.fresh(moment) {
            self.end(moment, Then::End(token));
        } else if let Some(error) = self.account.unauthorised(&self.record) {
            self.end(moment, Then::Fail(error));
        } else {
            self.state = State::GettingCredential;
        }
    }
}
