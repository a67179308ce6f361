//! State: WeChat is asked for a token, and its answer is judged.

use alloc::vec::Vec;
use core::time::Duration;

use super::cached::CachedToken;
use super::leasing::request_timeout;
use super::memory::Unsaved;
use super::refusal::{self, Refusal, Scope};
use super::{Credential, Issued, Moment, Renewal, Saving, State, Then};
use crate::error::{Error, OwnCode, Result};
use crate::secret::Secret;

/// WeChat forces a new token at most this often.
const BETWEEN_FORCED: Duration = Duration::from_secs(30);

/// One request for a token. For a merchant, it may be repeated with other refresh tokens.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) credential: Credential,
    pub(super) force: bool,
    pub(super) begun: Moment,
    pub(super) deadline: Duration,
    /// The refresh tokens that were refused, and what the last one was refused with.
    pub(super) refused: Vec<Secret>,
    pub(super) refusal: Option<Error>,
    /// Whether the pushed code was tried.
    pub(super) has_tried_code: bool,
}

impl Renewal<'_> {
    /// Takes the result of [`Step::Credential`](super::Step::Credential).
    pub fn handle_credential(&mut self, moment: Moment, credential: Result<Credential>) {
        if !matches!(self.state, State::GettingCredential) {
            return;
        }
        let credential = match credential {
            Ok(credential) => credential,
            Err(error) => return self.end(moment, Then::Fail(error)),
        };
        if let Some(error) = self.remembered_refusal(moment, &credential) {
            self.end(moment, Then::Fail(error));
        } else if self.fence.is_some() {
            self.begin_asking(moment, credential);
        } else {
            self.state = State::Leasing;
        }
    }

    /// What WeChat has said to this credential a short time ago.
    fn remembered_refusal(&self, moment: Moment, credential: &Credential) -> Option<Error> {
        let refusals = self.memory.refusal.iter().chain(&self.record.refusal);
        refusals.into_iter().find_map(|refusal| {
            let again_in = refusal.again_in(&credential.digest, moment.time_of_day)?;
            Some(refusal.error(self.account.interface, again_in))
        })
    }

    fn begin_asking(&mut self, moment: Moment, credential: Credential) {
        let timeout = request_timeout(self.time_left(moment));
        // Others may ask once the lease has ended.
        let lease_left = self.lease_ends_at.saturating_sub(moment.now);
        let late = if timeout.is_zero() {
            Some("no time was left to ask for a token")
        } else if lease_left < timeout / 2 {
            Some("the token store took too long: WeChat could not be asked before the lease ended")
        } else {
            None
        };
        if let Some(what) = late {
            return self.end(moment, Then::Fail(Error::new(OwnCode::Timeout, what)));
        }
        let timeout = timeout.min(lease_left);
        let force = self.must_force(moment);
        if force {
            self.record.set_forced(moment.time_of_day);
        }
        let secret = credential.secret.clone();
        let request = Request {
            credential,
            force,
            begun: moment,
            deadline: moment.now.saturating_add(timeout),
            refused: Vec::new(),
            refusal: None,
            has_tried_code: false,
        };
        self.state = match secret {
            Some(secret) => State::Asking { request, secret },
            None => return self.look_up(request),
        };
    }

    /// Whether the same token would come again, although WeChat called it stale twice, and none was
    /// forced lately.
    fn must_force(&self, moment: Moment) -> bool {
        self.rejected.is_some()
            && self.rejected == self.memory.reissued
            && self
                .record
                .forced_ago(moment.time_of_day)
                .is_none_or(|ago| ago >= BETWEEN_FORCED)
    }

    /// Takes the result of [`Step::Ask`](super::Step::Ask).
    pub fn handle_ask(&mut self, moment: Moment, issued: Result<Issued>) {
        let (request, secret) =
            take_state!(self, State::Asking { request, secret } => (request, secret));
        match issued {
            Ok(mut issued) => {
                // The refresh token of the list is the one to keep if the answer has no other.
                if self.account.platform.is_some()
                    && Some(&secret) != request.credential.secret.as_ref()
                {
                    issued.refresh_token.get_or_insert_with(|| secret.clone());
                }
                self.renewed(moment, &request, secret, issued);
            }
            Err(error) => self.refused(moment, request, secret, error),
        }
    }

    fn renewed(&mut self, moment: Moment, request: &Request, asked_with: Secret, issued: Issued) {
        let token = &issued.token;
        let is_same = Some(&token.access_token) == self.rejected.as_ref();
        let former = self.record.refresh_token();
        let refresh_token = issued.refresh_token.or_else(|| former.clone());
        let is_rotated = refresh_token != former;
        let begun = request.begun;
        if request.has_tried_code {
            self.record.pushed_code = None;
        }
        let record = self.record.renewed(token, refresh_token, begun.time_of_day);
        let version = self.fence.unwrap_or_default();
        let cached = CachedToken::new(token, begun.now, version, self.chance);

        self.has_asked = true;
        self.memory.reissued = is_same.then(|| token.access_token.clone());
        self.memory.refusal = None;
        self.memory.unsaved = is_rotated.then(|| Unsaved {
            former,
            asked_with,
            record: record.clone(),
        });
        self.save(moment, &record, Saving::Renewed { cached, is_rotated });
    }

    /// Leaves what others must know, and ends the attempt: a rejected token is not used any more,
    /// and a refusal that would come again is remembered.
    pub(super) fn give_up(&mut self, moment: Moment, request: Request, error: Error) {
        let rejected = self.rejected.as_ref();
        self.record.drop_access_token(rejected);
        let cached = &mut self.memory.cached;
        cached.take_if(|cached| Some(&cached.token) == rejected);
        let is_own = error
            .interface()
            .is_some_and(|interface| self.account.is_asked_by(interface));
        if let Some(scope) = refusal::scope(&error).filter(|_| is_own) {
            let former = self.memory.refusal.iter().chain(&self.record.refusal);
            let digest = request.credential.digest;
            let refusal = Refusal::new(&error, digest, former, moment.time_of_day);
            self.memory.refusal = Some(refusal.clone());
            if matches!(scope, Scope::Everybody) || self.account.is_of_one_machine {
                self.record.refusal = Some(refusal);
            }
        }
        let record = self.record.clone();
        self.save(moment, &record, Saving::Refusal(error));
    }
}
