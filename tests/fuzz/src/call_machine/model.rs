//! A model of a call: what has happened so far, and what the call must not do.

use std::time::Duration;

use jumpqr_core::call::{Policy, SendRequest, Step};
use jumpqr_core::errcode::Reaction;
use jumpqr_core::error::OwnCode;
use jumpqr_core::{Error, Outcome, Secret};

use super::scenario::{Answer, CallKind, Errcode, Listed, Listing};
use crate::error_text::assert_sound;

/// The secret that a token request sends.
pub(super) const APPSECRET: &str = "APPSECRET/0a1b";

#[expect(clippy::struct_excessive_bools, reason = "each flag is independent")]
pub(super) struct Model {
    kind: CallKind,
    own_path: &'static str,
    hosts: usize,
    max_sends: usize,
    /// The deadline, which moves while the call waits for its slot.
    deadline: Duration,
    queue_left: Duration,
    /// The time at which the call began to wait for its slot.
    queued: Option<Duration>,
    /// The time that a write must still have when it is sent.
    write_reserve: Duration,
    tokens: Vec<String>,
    renewals: usize,
    sends: usize,
    /// The host of the last request.
    host: usize,
    last: Option<Answer>,
    /// The outcome of the last attempt of a write is unknown, and no read-back has resolved it.
    in_doubt: bool,
    /// An attempt of a write was in doubt, so it may still be applied.
    ever_in_doubt: bool,
    /// It is unknown whether the change was applied.
    unsettled: bool,
    /// The last answer proves that the call succeeded.
    success_proven: bool,
    /// The rule is being looked up before the write.
    looks_up: bool,
    /// After the look-up, there is nothing to write.
    nothing_to_do: bool,
}

impl Model {
    pub(super) fn new(
        kind: CallKind,
        own_path: &'static str,
        now: Duration,
        policy: &Policy,
    ) -> Self {
        let hosts = policy.host_count.max(1);
        let looks_up = policy.look_up && matches!(kind, CallKind::Publish | CallKind::Delete);
        Self {
            kind,
            own_path,
            hosts,
            // Each round tries every host once and reads back once. There is one replay, and
            // perhaps one look-up.
            max_sends: (hosts + 1) * (policy.retry_delays.max_retries() + 1)
                + 1
                + usize::from(looks_up),
            deadline: now.saturating_add(policy.timeout),
            queue_left: policy.queue_timeout,
            queued: None,
            write_reserve: if kind.is_write() {
                (policy.timeout / 4).min(Duration::from_secs(1))
            } else {
                Duration::ZERO
            },
            tokens: Vec::new(),
            renewals: 0,
            sends: 0,
            host: 0,
            last: None,
            in_doubt: false,
            ever_in_doubt: false,
            unsettled: false,
            success_proven: false,
            looks_up,
            nothing_to_do: false,
        }
    }

    /// Returns the maximum number of steps, without waits for slots and retries.
    pub(super) fn max_steps(&self) -> usize {
        // A slot for each request, two tokens, and one more slot if the first token takes long.
        2 * self.max_sends + 4
    }

    /// Returns the secrets that a server may echo.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let has_secret = matches!(self.kind, CallKind::StableToken | CallKind::AuthorizerToken);
        let own = has_secret.then_some(APPSECRET);
        self.tokens.iter().map(String::as_str).chain(own).collect()
    }

    /// Checks that the deadline has not passed, unless the call waits for its slot.
    pub(super) fn check_not_late(&self, now: Duration) {
        assert!(
            now < self.deadline || self.queued.is_some(),
            "{now:?} is too late"
        );
    }

    /// Handles a slot request with a deadline.
    pub(super) fn reserve(&mut self, now: Duration, deadline: Duration) {
        let since = *self.queued.get_or_insert(now);
        assert_eq!(deadline, since.saturating_add(self.queue_left));
    }

    /// Checks a wait.
    pub(super) fn wait(&self, now: Duration, until: Duration) {
        let latest = match self.queued {
            Some(since) => since.saturating_add(self.queue_left),
            None => self.deadline,
        };
        assert!(now < until && until <= latest, "{now:?} until {until:?}");
    }

    /// Handles the start of the slot.
    pub(super) fn take_slot(&mut self, now: Duration) {
        if let Some(since) = self.queued.take() {
            let waited = now.saturating_sub(since);
            self.deadline = self.deadline.saturating_add(waited);
            self.queue_left = self.queue_left.saturating_sub(waited);
        }
    }

    /// Checks a token request. Returns the next token.
    pub(super) fn get_token(&mut self, rejected: Option<&Secret>, deadline: Duration) -> String {
        assert!(self.kind.needs_token(), "a token request needs no token");
        assert_eq!(deadline, self.deadline);
        match rejected {
            None => assert!(self.tokens.is_empty(), "a second first token"),
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
                    "a token was renewed that was not stale"
                );
            }
        }
        format!("TOKEN/{}c2d", self.tokens.len())
    }

    /// Records a token that the call got.
    pub(super) fn add_token(&mut self, token: &str) {
        self.tokens.push(token.to_owned());
    }

    pub(super) fn send(&mut self, now: Duration, send: SendRequest<'_>) {
        self.sends += 1;
        assert!(self.sends <= self.max_sends, "{} requests", self.sends);
        assert!(!send.timeout.is_zero(), "no time left to send");
        assert!(
            send.timeout <= self.deadline.saturating_sub(now),
            "the timeout exceeds the deadline"
        );
        assert!(send.host < self.hosts);
        let nothing_sent = matches!(self.last, Some(Answer::Failure { sent: false, .. }));
        assert!(
            send.host == self.host || nothing_sent,
            "another host is tried, although the previous host may have the request"
        );
        self.host = send.host;
        if self.is_own_request(send.request.path()) {
            assert!(
                now < self.deadline.saturating_sub(self.write_reserve),
                "{now:?} is too late to write"
            );
        }
        let token = send.access_token.map(Secret::expose);
        assert_eq!(token, self.tokens.last().map(String::as_str));
        assert!(!self.nothing_to_do, "sent, although there is nothing to do");
        if self.is_own_request(send.request.path()) {
            assert!(!self.looks_up, "sent, although the rule was not looked up");
            assert!(
                !self.in_doubt,
                "sent again, although it may have been applied"
            );
            self.unsettled = self.ever_in_doubt;
        } else {
            assert!(
                self.looks_up || self.ever_in_doubt,
                "read back without a reason"
            );
        }
    }

    pub(super) fn handle_answer(&mut self, path: &str, answer: Answer) {
        self.last = Some(answer);
        self.success_proven = false;
        if self.looks_up {
            return self.look_up(answer);
        }
        if !self.is_own_request(path) {
            return self.read_back(answer);
        }
        match judge_answer(answer) {
            Verdict::Done => self.success_proven = true,
            Verdict::Refused => {}
            Verdict::Unknown => {
                self.in_doubt = self.kind.is_write();
                self.ever_in_doubt |= self.in_doubt;
                self.unsettled |= self.in_doubt;
                let without_errcode = matches!(
                    answer,
                    Answer::Object {
                        errcode: Errcode::Absent,
                        ..
                    }
                );
                // For a read, the fields decide.
                self.success_proven = without_errcode && !self.kind.is_write();
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
        self.success_proven = match (self.kind, found) {
            (CallKind::Delete, found) => found.is_none(),
            (_, found) => found.is_some_and(|listed| listed.state == Some(2)),
        };
        self.nothing_to_do = self.success_proven || found.is_none();
    }

    fn read_back(&mut self, answer: Answer) {
        let Answer::Object {
            errcode: Errcode::Zero | Errcode::Number(0) | Errcode::Absent,
            list: Listing::Entries(list),
        } = answer
        else {
            return;
        };
        match self.kind.stands(&list) {
            Some(true) => self.success_proven = true,
            Some(false) => {
                self.in_doubt = false;
                self.unsettled = false;
            }
            None => {}
        }
    }

    /// Checks the result of the call.
    pub(super) fn check_result(&self, result: Result<(), &Error>) {
        let Err(error) = result else {
            return assert!(self.success_proven, "success without proof");
        };
        assert_sound(error, &self.secrets());
        assert!(error.interface().is_some(), "{error:?}");
        let unknown = error.outcome() == Outcome::Unknown;
        assert!(
            !self.unsettled || unknown,
            "the change may have been applied: {error:?}"
        );
        assert!(
            self.ever_in_doubt || !unknown,
            "the change was not applied: {error:?}"
        );
    }

    fn is_own_request(&self, path: &str) -> bool {
        path == self.own_path
    }
}

/// Checks the step after a call was cancelled.
pub(super) fn check_cancelled<A>(step: &Step<'_, A>) {
    let Step::Done(Err(error)) = step else {
        panic!("a call goes on after it was cancelled");
    };
    let is_unknown = error.outcome() == Outcome::Unknown;
    assert!(
        error.code() == OwnCode::Cancelled || is_unknown,
        "{error:?}"
    );
}

enum Verdict {
    Done,
    Refused,
    Unknown,
}

/// Returns what an answer says about its request.
fn judge_answer(answer: Answer) -> Verdict {
    match answer {
        Answer::Object { errcode, .. } => match (errcode.number(), errcode.reaction()) {
            (Some(0), _) => Verdict::Done,
            (None, _) | (_, Some(Reaction::ReadBack)) => Verdict::Unknown,
            _ => Verdict::Refused,
        },
        // A server on the way refuses with these. A 408 or 429 may come from WeChat itself.
        Answer::Garbage { status, .. } => match status {
            408 | 429 => Verdict::Unknown,
            300..500 => Verdict::Refused,
            _ => Verdict::Unknown,
        },
        Answer::Failure { sent: true, .. } => Verdict::Unknown,
        Answer::Failure { sent: false, .. } => Verdict::Refused,
    }
}

impl CallKind {
    pub(super) fn is_write(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Modify | Self::Publish | Self::Delete | Self::Link
        )
    }

    fn needs_token(self) -> bool {
        self != Self::StableToken
    }

    /// Returns whether the read-back shows the change; `None` if this is unclear.
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
            // A rule that was just added is not published yet.
            Self::Add if !differs && found.state == Some(2) => None,
            Self::Add => Some(!differs),
            _ if differs => Some(false),
            _ => complete.then_some(true),
        }
    }
}
