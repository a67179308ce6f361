//! A merchant's refresh token is refused or missing: WeChat's list has the next one.
//!
//! The next refresh token may have come in an answer that got lost. No refusal is final before the
//! list was read after it.

use alloc::format;

use super::asking::Request;
use super::refusal::of_listed_merchant;
use super::unauthorised::is_not_authorised;
use super::{Listed, Moment, Recalled, Renewal, State};
use crate::error::{Error, OwnCode, Result};
use crate::secret::Secret;

/// How many refresh tokens of a merchant are tried in one renewal. Only a program that shares no
/// store with this one uses them up so fast.
const MOST_REFUSED: usize = 3;

impl Request {
    /// Whether this refresh token may be tried: it was not refused, and not too many were.
    pub(super) fn may_ask_with(&self, refresh_token: &Secret) -> bool {
        self.refused.len() < MOST_REFUSED && !self.refused.contains(refresh_token)
    }
}

impl Renewal<'_> {
    /// WeChat refuses `secret`.
    pub(super) fn refused(
        &mut self,
        moment: Moment,
        mut request: Request,
        secret: Secret,
        error: Error,
    ) {
        let is_about_authorisation = error
            .code()
            .documented()
            .is_some_and(|code| code.is_refresh_token_invalid() || code.is_not_authorised());
        if self.account.platform.is_some() && is_about_authorisation {
            request.refusal = Some(error);
            request.refused.push(secret);
            self.look_up(request);
        } else {
            self.give_up(moment, request, error);
        }
    }

    /// Takes the result of [`Step::Recall`](super::Step::Recall).
    pub fn handle_recall(&mut self, moment: Moment, recalled: Recalled) {
        let request = take_state!(self, State::Recalling(request) => request);
        let next = recalled
            .refresh_token
            .filter(|token| request.may_ask_with(token));
        if let Some(secret) = next {
            self.state = State::Asking { request, secret };
            return;
        }
        // Merchants who have withdrawn their authorisation would cause a walk through the whole
        // list each.
        let is_listed = recalled
            .is_listed
            .filter(|_| request.refusal.as_ref().is_some_and(is_not_authorised));
        match is_listed {
            Some(true) => self.decide(moment, request, Listed::Without),
            Some(false) => self.decide(moment, request, Listed::Absent),
            None => self.state = State::Searching(request),
        }
    }

    /// Takes the result of [`Step::Search`](super::Step::Search). `got_further`: whether a page was
    /// read, so that the next search ends earlier.
    pub fn handle_search(&mut self, moment: Moment, listed: Result<Listed>, got_further: bool) {
        let request = take_state!(self, State::Searching(request) => request);
        self.got_further |= got_further;
        match listed {
            Ok(listed) => self.decide(moment, request, listed),
            // Whether the authorisation is gone is not known before the list is.
            Err(error) => {
                let error = match request.refusal.clone() {
                    Some(refusal) => error.with_source(refusal),
                    None => error,
                };
                self.give_up(moment, request, error);
            }
        }
    }

    fn decide(&mut self, moment: Moment, mut request: Request, listed: Listed) {
        let refusal = request.refusal.take();
        let is_untried = matches!(&listed, Listed::With(token) if !request.refused.contains(token));
        let error = match (listed, refusal) {
            (Listed::With(secret), _) if is_untried && request.refused.len() < MOST_REFUSED => {
                self.state = State::Asking { request, secret };
                return;
            }
            (_, Some(refusal)) if is_untried => renewed_by_other(refusal),
            (Listed::With(_) | Listed::Without, Some(refusal)) if is_not_authorised(&refusal) => {
                of_listed_merchant(refusal)
            }
            (_, Some(refusal)) => refusal,
            (listed, None) => self.missing(&listed),
        };
        self.give_up(moment, request, error);
    }

    /// The error of a merchant who has no refresh token.
    fn missing(&self, listed: &Listed) -> Error {
        let appid = self.account.appid;
        let platform = self.account.platform.unwrap_or_default();
        let what = match listed {
            Listed::Absent => format!(
                "there is no authorizer_refresh_token of {appid}, neither in the token store nor in WeChat's list of the merchants of {platform}"
            ),
            _ => format!(
                "there is no authorizer_refresh_token of {appid} in the token store, and WeChat's list of the merchants of {platform} names {appid} without one: its authorization_code was never exchanged with api_query_auth"
            ),
        };
        Error::new(OwnCode::NoRefreshToken, what).in_interface(self.account.interface)
    }
}

/// The error of a merchant whose refresh tokens are used up as fast as WeChat's list names them.
fn renewed_by_other(refusal: Error) -> Error {
    refusal.with_retryable(true).with_advice(
        "Let all programs of the platform share one token store: another one renews this merchant's tokens, too.",
    )
}
