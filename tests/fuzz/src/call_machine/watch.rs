//! What has been seen of a call so far, and what it therefore must not do.

use std::time::Duration;

use jumpqr_core::call::{Policy, SendRequest, Step};
use jumpqr_core::errcode::Reaction;
use jumpqr_core::error::OwnCode;
use jumpqr_core::{Error, Outcome, Secret};

use super::scenario::{Answer, Errcode, Listed, Listing, Which};
use crate::printed::assert_sound;

/// What a call that asks for a token sends.
pub(super) const APPSECRET: &str = "APPSECRET/0a1b";

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Watch {
    which: Which,
    own_path: &'static str,
    hosts: usize,
    most_sends: usize,
    /// It stands still while the call waits for its slot.
    deadline: Duration,
    queue_left: Duration,
    /// Since when the call waits for its slot.
    queued: Option<Duration>,
    /// How much time a write has left when it is sent.
    kept: Duration,
    tokens: Vec<String>,
    renewals: usize,
    sends: usize,
    /// Where the last request went to.
    host: usize,
    last: Option<Answer>,
    /// The last attempt of a write left its outcome unknown, and nothing has told it since.
    doubt: bool,
    /// Some attempt of a write was ever in doubt, so that it may still be applied.
    ever_in_doubt: bool,
    /// Whether the change stands is not known.
    unsettled: bool,
    /// The last answer says that the call succeeded.
    proof: bool,
    /// The rule is being looked up: the write has not been sent yet.
    looks_up: bool,
    /// The rule that was looked up needs no write, or none can be made.
    over: bool,
}

impl Watch {
    pub(super) fn new(
        which: Which,
        own_path: &'static str,
        now: Duration,
        policy: &Policy,
    ) -> Self {
        let hosts = policy.hosts.max(1);
        let looks_up = policy.look_up && matches!(which, Which::Publish | Which::Delete);
        Self {
            which,
            own_path,
            hosts,
            // Each round tries every host once and reads back once; and there is one replay.
            // And the rule may be looked up before.
            most_sends: (hosts + 1) * (policy.delays.len() + 1) + 1 + usize::from(looks_up),
            deadline: now.saturating_add(policy.timeout),
            queue_left: policy.queue_timeout,
            queued: None,
            kept: if which.is_write() {
                (policy.timeout / 4).min(Duration::from_secs(1))
            } else {
                Duration::ZERO
            },
            tokens: Vec::new(),
            renewals: 0,
            sends: 0,
            host: 0,
            last: None,
            doubt: false,
            ever_in_doubt: false,
            unsettled: false,
            proof: false,
            looks_up,
            over: false,
        }
    }

    /// How many steps there may be, without waiting for slots and retries.
    pub(super) fn most_steps(&self) -> usize {
        // A slot for each request, two tokens, and another slot if the first token takes long.
        2 * self.most_sends + 4
    }

    /// Everything that a server may echo.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let has_secret = matches!(self.which, Which::StableToken | Which::AuthorizerToken);
        let own = has_secret.then_some(APPSECRET);
        self.tokens.iter().map(String::as_str).chain(own).collect()
    }

    /// The call is not late, unless it waits for its slot.
    pub(super) fn step(&self, now: Duration) {
        assert!(
            now < self.deadline || self.queued.is_some(),
            "{now:?} is too late"
        );
    }

    /// The call asks for a slot until `latest`.
    pub(super) fn reserve(&mut self, now: Duration, latest: Duration) {
        let since = *self.queued.get_or_insert(now);
        assert_eq!(latest, since.saturating_add(self.queue_left));
    }

    /// The call waits.
    pub(super) fn wait(&self, now: Duration, until: Duration) {
        let latest = match self.queued {
            Some(since) => since.saturating_add(self.queue_left),
            None => self.deadline,
        };
        assert!(now < until && until <= latest, "{now:?} until {until:?}");
    }

    /// The call got its slot.
    pub(super) fn slot_begins(&mut self, now: Duration) {
        if let Some(since) = self.queued.take() {
            let waited = now.saturating_sub(since);
            self.deadline = self.deadline.saturating_add(waited);
            self.queue_left = self.queue_left.saturating_sub(waited);
        }
    }

    /// The token that may be given.
    pub(super) fn get_token(&mut self, rejected: Option<&Secret>, deadline: Duration) -> String {
        assert!(self.which.needs_token(), "it asks for a token itself");
        assert_eq!(deadline, self.deadline);
        match rejected {
            None => assert!(self.tokens.is_empty(), "a first token, twice"),
            Some(rejected) => {
                self.renewals += 1;
                assert_eq!(self.renewals, 1, "a token was renewed twice");
                assert_eq!(
                    Some(rejected.expose()),
                    self.tokens.last().map(String::as_str)
                );
                let reaction = match self.last {
                    Some(Answer::Object { errcode, .. }) => errcode.reaction(),
                    _ => None,
                };
                assert_eq!(
                    reaction,
                    Some(Reaction::Renew),
                    "nobody has called it stale"
                );
            }
        }
        format!("TOKEN/{}c2d", self.tokens.len())
    }

    /// The call got this token.
    pub(super) fn given(&mut self, token: &str) {
        self.tokens.push(token.to_owned());
    }

    pub(super) fn send(&mut self, now: Duration, sending: &SendRequest) {
        self.sends += 1;
        assert!(self.sends <= self.most_sends, "{} requests", self.sends);
        assert!(!sending.timeout.is_zero(), "no time to send in");
        assert!(
            sending.timeout <= self.deadline.saturating_sub(now),
            "it may outlast the deadline"
        );
        assert!(sending.host < self.hosts);
        let nothing_sent = matches!(self.last, Some(Answer::Failure { sent: false, .. }));
        assert!(
            sending.host == self.host || nothing_sent,
            "another host is tried, though something was sent to the one before"
        );
        self.host = sending.host;
        if self.is_own(sending) {
            assert!(
                now < self.deadline.saturating_sub(self.kept),
                "{now:?} is too late to write"
            );
        }
        let token = sending.access_token.as_ref().map(Secret::expose);
        assert_eq!(token, self.tokens.last().map(String::as_str));
        assert!(!self.over, "sent, though there is nothing to be done");
        if self.is_own(sending) {
            assert!(!self.looks_up, "sent, though the rule was not looked up");
            assert!(!self.doubt, "sent again, though it may have been applied");
            self.unsettled = self.ever_in_doubt;
        } else {
            assert!(
                self.looks_up || self.ever_in_doubt,
                "nothing is to be read back"
            );
        }
    }

    pub(super) fn reply(&mut self, sending: &SendRequest, answer: Answer) {
        self.last = Some(answer);
        self.proof = false;
        if self.looks_up {
            return self.look_up(answer);
        }
        if !self.is_own(sending) {
            return self.read_back(answer);
        }
        match verdict(answer) {
            Verdict::Done => self.proof = true,
            Verdict::Refused => {}
            Verdict::Unknown => {
                self.doubt = self.which.is_write();
                self.ever_in_doubt |= self.doubt;
                self.unsettled |= self.doubt;
                let without_errcode = matches!(
                    answer,
                    Answer::Object {
                        errcode: Errcode::Absent,
                        ..
                    }
                );
                // Of what is read, the fields decide.
                self.proof = without_errcode && !self.which.is_write();
            }
        }
    }

    fn look_up(&mut self, answer: Answer) {
        let Answer::Object {
            errcode: Errcode::Zero | Errcode::Number(0) | Errcode::Absent,
            list,
        } = answer
        else {
            return;
        };
        self.looks_up = false;
        let Listing::Entries(list) = list else {
            return;
        };
        let found = list.iter().flatten().find(|listed| listed.own);
        self.proof = match (self.which, found) {
            (Which::Delete, found) => found.is_none(),
            (_, found) => found.is_some_and(|listed| listed.state == Some(2)),
        };
        self.over = self.proof || found.is_none();
    }

    fn read_back(&mut self, answer: Answer) {
        let Answer::Object {
            errcode: Errcode::Zero | Errcode::Number(0) | Errcode::Absent,
            list: Listing::Entries(list),
        } = answer
        else {
            return;
        };
        match self.which.stands(&list) {
            Some(true) => self.proof = true,
            Some(false) => {
                self.doubt = false;
                self.unsettled = false;
            }
            None => {}
        }
    }

    /// The call was cancelled, and this is its next step.
    pub(super) fn cancelled<A>(&self, step: &Step<A>) {
        let Step::Done(Err(error)) = step else {
            panic!("a call goes on after it was cancelled");
        };
        let is_unknown = error.outcome() == Outcome::Unknown;
        assert!(
            error.code() == OwnCode::Cancelled || is_unknown,
            "{error:?}"
        );
    }

    /// Holds the end of the call to what has been seen.
    pub(super) fn end(&self, result: Result<(), &Error>) {
        let Err(error) = result else {
            return assert!(self.proof, "done, though nothing says so");
        };
        assert_sound(error, &self.secrets());
        assert!(error.interface().is_some(), "{error:?}");
        let unknown = error.outcome() == Outcome::Unknown;
        assert!(
            !self.unsettled || unknown,
            "it may have been applied: {error:?}"
        );
        assert!(
            self.ever_in_doubt || !unknown,
            "it was not applied: {error:?}"
        );
    }

    fn is_own(&self, sending: &SendRequest) -> bool {
        sending.request.path() == self.own_path
    }
}

enum Verdict {
    Done,
    Refused,
    Unknown,
}

/// What an answer says of the request that it answers.
fn verdict(answer: Answer) -> Verdict {
    match answer {
        Answer::Object { errcode, .. } => match (errcode.number(), errcode.reaction()) {
            (Some(0), _) => Verdict::Done,
            (None, _) | (_, Some(Reaction::ReadBack)) => Verdict::Unknown,
            _ => Verdict::Refused,
        },
        // What stands on the way refuses with these; 408 and 429 may come from behind it.
        Answer::Garbage { status, .. } => match status {
            408 | 429 => Verdict::Unknown,
            300..500 => Verdict::Refused,
            _ => Verdict::Unknown,
        },
        Answer::Failure { sent: true, .. } => Verdict::Unknown,
        Answer::Failure { sent: false, .. } => Verdict::Refused,
    }
}

impl Which {
    pub(super) fn is_write(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Modify | Self::Publish | Self::Delete | Self::Link
        )
    }

    fn needs_token(self) -> bool {
        self != Self::StableToken
    }

    /// Whether the change stands in what was read back; `None` where that does not say.
    fn stands(self, list: &[Option<Listed>]) -> Option<bool> {
        let found = list.iter().flatten().find(|listed| listed.own);
        let Some(found) = found else {
            return Some(self == Self::Delete);
        };
        let fields = [found.path, found.open_version, found.permit_sub_rule];
        let differs = fields.contains(&Some(false));
        let complete = !fields.contains(&None);
        match self {
            Self::Delete => Some(false),
            Self::Publish => match found.state {
                Some(1) => Some(false),
                Some(2) => Some(true),
                _ => None,
            },
            Self::Link => match found.state {
                Some(1 | 2 | 12) => Some(true),
                _ => None,
            },
            // A rule that was just added is not published.
            Self::Add if !differs && found.state == Some(2) => None,
            Self::Add => Some(!differs),
            _ if differs => Some(false),
            _ => complete.then_some(true),
        }
    }
}
