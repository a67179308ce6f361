//! A merchant has no refresh token that WeChat accepts, but WeChat has pushed a code: it is exchanged
//! before WeChat's list is searched.
//!
//! The process that received the push may have died before it exchanged the code.

use super::asking::Request;
use super::cached::CachedToken;
use super::memory::Unsaved;
use super::merchant_change::Exchanged;
use super::{MerchantTokens, Moment, Renewal, Saving, State};
use crate::errcode::ErrCode;
use crate::error::{Error, Outcome, Result};

impl Renewal<'_> {
    /// Looks for another refresh token: with the pushed code, or in WeChat's list.
    pub(super) fn look_up(&mut self, mut request: Request) {
        let code = self.record.pushed_code.clone();
        self.state = match code.filter(|_| !request.has_tried_code) {
            Some(code) => {
                request.has_tried_code = true;
                State::Exchanging { request, code }
            }
            None => State::Recalling(request),
        };
    }

    /// Takes the result of [`Step::Exchange`](super::Step::Exchange).
    pub fn handle_exchange(&mut self, moment: Moment, tokens: Result<MerchantTokens>) {
        let (request, code) =
            take_state!(self, State::Exchanging { request, code } => (request, code));
        let tokens = match tokens {
            Ok(tokens) => tokens,
            Err(error) => return self.not_exchanged(moment, request, error),
        };
        let exchanged = Exchanged {
            token: tokens.token,
            refresh_token: tokens.refresh_token,
            asked_at: request.begun.time_of_day,
            create_time: Some(code.create_time),
        };
        let former = self.record.refresh_token();
        if let Some(record) = exchanged.apply(&self.record) {
            self.record = record;
        }
        match (exchanged.token, exchanged.refresh_token) {
            (Some(token), Some(refresh_token)) => {
                let version = self.fence.unwrap_or_default();
                let cached = CachedToken::new(&token, request.begun.now, version, self.chance);
                let record = self.record.clone();
                let is_same = Some(&token.access_token) == self.rejected.as_ref();
                self.has_asked = true;
                self.memory.reissued = is_same.then(|| token.access_token.clone());
                self.memory.refusal = None;
                self.memory.unsaved = Some(Unsaved {
                    former,
                    asked_with: refresh_token,
                    record: record.clone(),
                });
                let is_rotated = true;
                self.save(moment, &record, Saving::Renewed { cached, is_rotated });
            }
            (None, Some(secret)) if request.may_ask_with(&secret) => {
                self.state = State::Asking { request, secret };
            }
            // WeChat gives no refresh token to an account that may call nothing.
            _ => self.state = State::Recalling(request),
        }
    }

    /// The code was used before or has expired, the response was lost, or WeChat was not reached.
    fn not_exchanged(&mut self, moment: Moment, request: Request, error: Error) {
        let known = error.code().documented();
        if known.is_some_and(ErrCode::is_authorization_code_spent) {
            self.record.pushed_code = None;
            self.state = State::Recalling(request);
        } else if error.outcome() == Outcome::Unknown {
            // If WeChat has exchanged the code, its list has the refresh token.
            self.state = State::Recalling(request);
        } else {
            self.give_up(moment, request, error);
        }
    }
}
