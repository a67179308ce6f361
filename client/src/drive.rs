//! The one loop that does what a call's state machine says.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr_core::call::{Call, FailureCause, Policy, SendFailure, Step};
use jumpqr_core::error::Result;
use jumpqr_core::interface::Interface;
use jumpqr_core::{Pacer, Secret};

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::given_up::{BETWEEN_CHECKS, CALLER_HAS_GIVEN_UP, GivenUp};
use crate::retry::delays;
use crate::token::{FixedToken, TokenRequest, TokenSource};
use crate::transport::{HttpRequest, Transport};

/// Everything that a call needs of the world.
pub(crate) struct Driver {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    /// At least one; the further ones are tried only when nothing was sent.
    pub(crate) hosts: Arc<[BaseUrl]>,
    pub(crate) max_retries: usize,
    /// `None` where the caller paces.
    pub(crate) pacer: Option<Mutex<Pacer>>,
}

/// How long a call may take.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    /// All of it.
    pub(crate) timeout: Duration,
    /// The part that has passed before it began.
    pub(crate) waited: Duration,
    /// Whether it is over before.
    pub(crate) given_up: GivenUp,
}

impl Patience {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            waited: Duration::ZERO,
            given_up: GivenUp::default(),
        }
    }
}

impl Driver {
    /// Runs one call to its end, or until its caller has given up.
    pub(crate) fn run<I: Interface>(
        &self,
        interface: I,
        tokens: &dyn TokenSource,
        patience: &Patience,
    ) -> Result<I::Answer> {
        let given_up = &patience.given_up;
        let policy = Policy {
            timeout: patience.timeout,
            delays: delays(self.max_retries),
            hosts: self.hosts.len(),
        };
        let mut call = Call::new(
            interface,
            policy,
            self.clock.now().saturating_sub(patience.waited),
        );
        loop {
            match call.step(self.clock.now()) {
                Step::Reserve { path, latest } => {
                    let now = self.clock.now();
                    call.reserved(now, self.reserve(path, now, latest));
                }
                Step::GetToken { rejected, deadline } => {
                    let time_left = deadline.saturating_sub(self.clock.now());
                    let token = tokens.token(&TokenRequest {
                        rejected: rejected.as_ref(),
                        time_left,
                    });
                    call.token(self.clock.now(), token);
                }
                Step::Wait { until } => {
                    if !self.sleep(until, given_up) {
                        call.reply(self.clock.now(), Err(nothing_more_is_sent()));
                    }
                }
                Step::Send(_) if given_up.is_set() => {
                    call.reply(self.clock.now(), Err(nothing_more_is_sent()));
                }
                Step::Send(sending) => {
                    let host = self.hosts.get(sending.host).map_or("", BaseUrl::as_str);
                    let request = HttpRequest::new(&sending, host, given_up);
                    let reply = self.transport.send(&request);
                    call.reply(self.clock.now(), reply);
                }
                Step::Done(result) => return result,
            }
        }
    }

    /// Runs a call that issues tokens, and so needs none.
    pub(crate) fn run_without_token<I: Interface>(
        &self,
        interface: I,
        timeout: Duration,
    ) -> Result<I::Answer> {
        let no_tokens = FixedToken(Secret::new(""));
        self.run(interface, &no_tokens, &Patience::new(timeout))
    }

    /// The same for another account, which is paced by itself.
    pub(crate) fn for_another_account(&self) -> Self {
        Self {
            transport: Arc::clone(&self.transport),
            clock: Arc::clone(&self.clock),
            hosts: Arc::clone(&self.hosts),
            max_retries: self.max_retries,
            pacer: self.pacer.as_ref().map(|_| Mutex::default()),
        }
    }

    /// What tells this WeChat's tokens from those of the real one, if it is another.
    pub(crate) fn elsewhere(&self) -> Option<&str> {
        self.hosts.first().and_then(BaseUrl::elsewhere)
    }

    /// Whether the caller has not given up by `until`.
    fn sleep(&self, until: Duration, given_up: &GivenUp) -> bool {
        loop {
            if given_up.ask() {
                return false;
            }
            let now = self.clock.now();
            if now >= until {
                return true;
            }
            let look = now.saturating_add(BETWEEN_CHECKS);
            self.clock.sleep_until(until.min(look));
        }
    }

    fn reserve(&self, path: &'static str, now: Duration, latest: Duration) -> Option<Duration> {
        match &self.pacer {
            None => Some(now),
            Some(pacer) => pacer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .reserve(path, now, latest),
        }
    }
}

fn nothing_more_is_sent() -> SendFailure {
    SendFailure::before_sending(FailureCause::GivenUp, CALLER_HAS_GIVEN_UP)
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("hosts", &self.hosts)
            .field("max_retries", &self.max_retries)
            .field("paced", &self.pacer.is_some())
            .finish_non_exhaustive()
    }
}
