//! A record is saved under the lease.

use super::cached::CachedToken;
use super::loading::Loading;
use super::record::TokenRecord;
use super::{Moment, Renewal, State, Then};
use crate::error::{Error, Result};

/// What is saved.
#[derive(Debug)]
pub(super) enum Saving {
    /// A record with a new refresh token, which an earlier renewal could not store.
    Unsaved,
    /// The record with the token that WeChat has just given.
    Renewed {
        cached: CachedToken,
        /// Whether it has a new refresh token. If so, the access token is not used before the
        /// record is stored: the former refresh token may be dead.
        is_rotated: bool,
    },
    /// What WeChat refused. If it cannot be saved, this process remembers it.
    Refusal(Error),
}

impl Renewal<'_> {
    pub(super) fn save(&mut self, moment: Moment, record: &TokenRecord, saving: Saving) {
        match record.to_json() {
            Ok(record) => self.state = State::Saving { record, saving },
            Err(error) => self.after_save(moment, saving, Err(error)),
        }
    }

    /// Takes the result of [`Step::Save`](super::Step::Save): whether it was saved. It was not if
    /// the lease was lost.
    pub fn handle_save(&mut self, moment: Moment, saved: Result<bool>) {
        let saving = take_state!(self, State::Saving { saving, .. } => saving);
        self.after_save(moment, saving, saved);
    }

    fn after_save(&mut self, moment: Moment, saving: Saving, saved: Result<bool>) {
        match saving {
            Saving::Unsaved => match saved {
                Ok(true) => {
                    self.memory.unsaved = None;
                    self.had_unsaved = false;
                    self.state = State::Loading(Loading::Leased);
                }
                Ok(false) => self.end(moment, Then::LookAgain),
                Err(error) => self.end(moment, Then::Fail(error)),
            },
            Saving::Renewed { cached, is_rotated } => match saved {
                Ok(true) => {
                    self.memory.unsaved = None;
                    self.use_cached(moment, cached);
                }
                Ok(false) if is_rotated => self.end(moment, Then::LookAgain),
                Ok(false) => self.state = State::Loading(Loading::LeaseLost(cached)),
                Err(error) if is_rotated => self.end(moment, Then::Fail(error)),
                // The token is valid, although it is not stored. It is served from memory.
                Err(_) => self.use_cached(moment, cached),
            },
            Saving::Refusal(error) => self.end(moment, Then::Fail(error)),
        }
    }

    fn use_cached(&mut self, moment: Moment, cached: CachedToken) {
        let token = cached.token.clone();
        self.memory.cached = Some(cached);
        self.end(moment, Then::End(token));
    }
}
