//! Many calls share one pacer. The clock jumps to the next time at which a call continues.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{Confirmation, DeleteJumpQRCode};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Pacer, RuleKey, Secret, Slot};

/// How long a request takes.
const REQUEST: Duration = Duration::from_millis(80);

/// The state that all calls share.
struct World {
    pacer: Pacer,
    /// The token that the client has, and the time it takes to renew it.
    token: &'static str,
    renewal: Duration,
    /// The token that WeChat accepts.
    valid: &'static str,
    requests: Vec<Duration>,
    renewals: usize,
}

/// One call, and what it waits for.
struct Running {
    call: Call<DeleteJumpQRCode>,
    slot: Slot,
    /// The token of a request that waits for its response.
    sent: Option<Secret>,
    /// The token that is being renewed.
    rejected: Option<Secret>,
}

impl World {
    fn new(token: &'static str) -> Self {
        Self {
            pacer: Pacer::default(),
            token,
            renewal: Duration::from_millis(200),
            valid: "T2",
            requests: Vec::new(),
            renewals: 0,
        }
    }

    /// Runs calls that begin at the same time. Returns their results and when the last one ended.
    fn run(
        &mut self,
        calls: usize,
        policy: &Policy,
    ) -> (Vec<Result<Confirmation, Error>>, Duration) {
        let call = || {
            let key = RuleKey::ordinary_link("https://m.example.cn/a");
            Running {
                call: Call::new(DeleteJumpQRCode { key }, policy.clone(), Duration::ZERO).unwrap(),
                slot: Slot::default(),
                sent: None,
                rejected: None,
            }
        };
        // Each call continues at its time. Calls with the same time continue in their order.
        let mut agenda: BTreeMap<_, _> =
            (0..calls).map(|n| ((Duration::ZERO, n), call())).collect();
        let mut results = Vec::new();
        let mut last = Duration::ZERO;
        while let Some(((now, number), mut running)) = agenda.pop_first() {
            last = now;
            match self.run_until_wait(now, &mut running) {
                Ok(until) => drop(agenda.insert((until, number), running)),
                Err(result) => results.push(result),
            }
        }
        (results, last)
    }

    /// Runs the call until it has to wait. Returns until when, or how it ended.
    fn run_until_wait(
        &mut self,
        now: Duration,
        running: &mut Running,
    ) -> Result<Duration, Result<Confirmation, Error>> {
        if let Some(token) = running.sent.take() {
            let errcode = if token.expose() == self.valid {
                0
            } else {
                40001
            };
            running.slot.set_used();
            let body = format!(r#"{{"errcode":{errcode}}}"#);
            running.call.response(now, Ok(Response::ok(body)));
        }
        if running.rejected.take().is_some() {
            if self.token != self.valid {
                self.token = self.valid;
                self.renewals += 1;
            }
            running.call.token(now, Ok(Some(Secret::new(self.token))));
        }
        loop {
            match running.call.step(now) {
                Step::Reserve { path, deadline } => {
                    let start = self.pacer.reserve(&mut running.slot, path, now, deadline);
                    running.call.slot(now, start);
                }
                Step::Wait { until } => return Ok(until),
                Step::GetToken { rejected: None, .. } => {
                    running.call.token(now, Ok(Some(Secret::new(self.token))));
                }
                Step::GetToken { rejected, .. } => {
                    running.rejected = rejected.cloned();
                    return Ok(now + self.renewal);
                }
                Step::Send(send) => {
                    self.requests.push(now);
                    running.sent = send.access_token.cloned();
                    return Ok(now + REQUEST);
                }
                Step::Done(result) => {
                    self.pacer.give_back(&mut running.slot);
                    return Err(result);
                }
            }
        }
    }
}

fn policy(timeout_ms: u64) -> Policy {
    Policy {
        timeout: Duration::from_millis(timeout_ms),
        // Without a look-up, each call is one request.
        look_up: false,
        ..Policy::default()
    }
}

#[test]
fn three_hundred_calls_at_once_all_succeed() {
    let mut world = World::new("T2");
    let (results, last) = world.run(300, &policy(30_000));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(world.requests.len(), 300);
    assert_eq!(last, Duration::from_millis(59 * 1100) + REQUEST);
    for window in world.requests.windows(6) {
        let apart = window[5].saturating_sub(window[0]);
        assert!(apart > Duration::from_secs(1), "{window:?}");
    }
}

#[test]
fn a_thousand_calls_at_once_fit_into_the_default_queue_timeout_whatever_their_timeout() {
    let mut world = World::new("T2");
    let (results, _) = world.run(1000, &policy(500));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(world.requests.len(), 1000);
}

#[test]
fn twenty_calls_whose_token_is_stale_send_it_in_one_round_only_and_renew_it_once() {
    let mut world = World::new("T1");
    let (results, last) = world.run(20, &policy(3000));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((world.requests.len(), world.renewals), (25, 1));
    assert_eq!(last, Duration::from_millis(4 * 1100) + REQUEST);
}

#[test]
fn calls_beyond_the_queue_timeout_are_refused_at_once_and_take_no_slots() {
    let mut world = World::new("T2");
    let policy = Policy {
        queue_timeout: Duration::from_secs(10),
        ..policy(1000)
    };
    let (results, _) = world.run(100, &policy);
    let (done, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (50, 50));
    for error in refused {
        assert_eq!(error.unwrap_err().code(), OwnCode::PacedOut);
    }
}
