//! What a test has seen of a call so far, and what the call must therefore not do.

use std::time::Duration;

use jumpqr_core::Secret;
use proptest::prelude::*;

use crate::machine::{Event, StagedResponse, WRITE_NEEDED};

pub(crate) struct Watch<'a> {
    pub(crate) events: std::iter::Cycle<std::slice::Iter<'a, Event>>,
    pub(crate) own_path: &'static str,
    pub(crate) is_write: bool,
    pub(crate) now: Duration,
    /// The deadline, which moves while the call waits for its slot.
    pub(crate) deadline: Duration,
    pub(crate) queue_left: Duration,
    /// When the call asked for its slot, and when that slot starts.
    pub(crate) queued: Option<(Duration, Duration)>,
    pub(crate) first_tokens: usize,
    pub(crate) renewals: usize,
    pub(crate) sends: usize,
    /// What a server may echo: the tokens, and the secret in the request.
    pub(crate) secrets: Vec<String>,
    /// The outcome of the last attempt of a write is unknown, and no read-back has shown it.
    pub(crate) is_unknown: bool,
    /// The write may be sent: the look-up is done, or there is none.
    pub(crate) may_write: bool,
}

impl Watch<'_> {
    /// Returns the next event.
    pub(crate) fn event(&mut self) -> Result<Event, TestCaseError> {
        let event = self.events.next().cloned();
        event.ok_or_else(|| TestCaseError::fail("no events"))
    }

    /// Returns the start of the slot, which stays the same until the call has taken the slot.
    pub(crate) fn reserve(
        &mut self,
        deadline: Duration,
    ) -> Result<Option<Duration>, TestCaseError> {
        if self.queued.is_none() {
            prop_assert!(self.now < self.deadline, "queues after the deadline");
            let wait = self.event()?.slot_wait;
            self.queued = wait.map(|wait| (self.now, self.now + wait));
        }
        let Some((since, start)) = self.queued else {
            return Ok(None);
        };
        prop_assert_eq!(deadline, since + self.queue_left);
        if start <= self.now {
            let waited = self.now.saturating_sub(since);
            self.queued = None;
            self.deadline += waited;
            self.queue_left = self.queue_left.saturating_sub(waited);
        }
        Ok(Some(start))
    }

    /// Checks a token request. Returns the next token.
    pub(crate) fn get_token(&mut self, rejected: Option<&Secret>) -> Result<String, TestCaseError> {
        prop_assert!(self.now < self.deadline);
        match rejected {
            None => self.first_tokens += 1,
            Some(_) => self.renewals += 1,
        }
        prop_assert!(self.first_tokens <= 1, "a token was asked for twice");
        prop_assert!(self.renewals <= 1, "a token was renewed twice");
        Ok(format!("TOKEN-{}", self.first_tokens + self.renewals))
    }

    /// Checks a request, and records what its response shows.
    pub(crate) fn send(
        &mut self,
        path: &str,
        timeout: Duration,
        event: &Event,
    ) -> Result<(), TestCaseError> {
        self.sends += 1;
        prop_assert!(self.now < self.deadline, "sent after the deadline");
        prop_assert!(
            self.now + timeout <= self.deadline,
            "may outlast the deadline"
        );
        let is_decisive = match event.response {
            Ok((_, _, is_decisive)) => is_decisive,
            Err((_, sent)) => !sent,
        };
        if path != self.own_path && !self.may_write {
            self.may_write =
                matches!(event.response, Ok((200, body, _)) if WRITE_NEEDED.contains(&body));
            return Ok(());
        }
        if self.is_write && path == self.own_path {
            prop_assert!(self.may_write, "sent before the rule was looked up");
            prop_assert!(!self.is_unknown, "sent again without a read-back");
            self.is_unknown = !is_decisive;
        } else if self.is_write && is_success(&event.response) {
            self.is_unknown = false;
        }
        Ok(())
    }
}

fn is_success(response: &StagedResponse) -> bool {
    matches!(response, Ok((200, body, true)) if body.starts_with(r#"{"errcode":0"#))
}
