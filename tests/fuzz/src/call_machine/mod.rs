//! The target `call_machine`: calls with hostile servers and clocks, compared with a model.

mod model;
mod scenario;

use std::collections::HashMap;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use jumpqr_core::call::{Call, Policy, RetryDelays, SendFailure, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    AddJumpQRCode, ApiAuthorizerToken, ComponentTokenField, DeleteJumpQRCode, DownloadQRCodeText,
    GetJumpQRCode, Interface, LinkMiniprogram, PublishJumpQRCode, StableToken,
};
use jumpqr_core::response::Response;
use jumpqr_core::{Edit, Error, OrdinaryLinkRule, Pacer, RuleKey, Secret, Slot};

use self::model::{APPSECRET, Model};
use self::scenario::{
    APPID, Answer, CallKind, Clock, OPEN_VERSION, PATH, PERMIT_SUB_RULE, PREFIX, Scenario,
    SlotAnswer, TokenSource,
};

/// How often the clock may be read too early while the call waits. After that, the wait ends.
const MAX_EARLY_READS: usize = 32;

/// How often a slot may move on while the call waits for it. After that, it begins.
const MAX_SLOT_MOVES: usize = 32;

/// The input is a scenario: a call, its policy, and the result of each step.
pub fn call_machine(input: &[u8]) {
    let Ok(scenario) = Scenario::arbitrary_take_rest(Unstructured::new(input)) else {
        return;
    };
    let key = RuleKey::ordinary_link(PREFIX);
    let appid = || APPID.to_owned();
    match scenario.interface {
        CallKind::Add => drive(add(Edit::Add), &scenario),
        CallKind::Modify => drive(add(Edit::Modify), &scenario),
        CallKind::Publish => drive(PublishJumpQRCode { key }, &scenario),
        CallKind::Delete => drive(DeleteJumpQRCode { key }, &scenario),
        CallKind::Link => {
            let call = LinkMiniprogram {
                appid: appid(),
                notify_users: false,
                show_profile: false,
            };
            drive(call, &scenario);
        }
        CallKind::Get => drive(GetJumpQRCode::OrdinaryLink, &scenario),
        CallKind::Download => drive(DownloadQRCodeText, &scenario),
        CallKind::StableToken => {
            let call = StableToken {
                appid: appid(),
                secret: Secret::new(APPSECRET),
                force_refresh: false,
            };
            drive(call, &scenario);
        }
        CallKind::AuthorizerToken => {
            let call = ApiAuthorizerToken {
                component_appid: appid(),
                authorizer_appid: appid(),
                authorizer_refresh_token: Secret::new(APPSECRET),
                component_token_field: ComponentTokenField::AccessToken,
            };
            drive(call, &scenario);
        }
    }
}

fn add(is_edit: Edit) -> AddJumpQRCode {
    let rule = OrdinaryLinkRule::new(PREFIX, PATH, OPEN_VERSION, PERMIT_SUB_RULE);
    AddJumpQRCode {
        rule: rule.into(),
        is_edit,
    }
}

/// Drives one call to its end, and checks each step.
fn drive<I: Interface>(interface: I, scenario: &Scenario) {
    let policy = Policy {
        timeout: scenario.timeout(),
        queue_timeout: scenario.queue_timeout(),
        retry_delays: RetryDelays::Listed(scenario.delays()),
        host_count: scenario.hosts(),
        look_up: scenario.looks_up(),
    };
    let mut now = scenario.begin();
    let own_path = I::PATH;
    let kind = scenario.interface;
    let mut model = Model::new(kind, own_path, now, &policy);
    let mut pacer = CheckedPacer::new(scenario.earlier_calls, own_path, now);
    let mut events = scenario.events();
    let call = Call::new(interface, policy, now);
    let mut call = call.unwrap_or_else(|error| panic!("{error}"));
    let (mut steps, mut early, mut slot_moves, mut waits) = (0, 0, 0, false);
    let mut cancelled_in = scenario.cancelled_after();
    let result = loop {
        let step = next_step(&mut call, now, cancelled_in == Some(0));
        cancelled_in = cancelled_in.and_then(|steps| steps.checked_sub(1));
        if !matches!(step, Step::Done(_)) {
            model.check_not_late(now);
        }
        let Some(event) = events.next() else {
            return;
        };
        let asks_again = waits && matches!(step, Step::Reserve { .. });
        slot_moves += usize::from(asks_again);
        waits = matches!(step, Step::Wait { .. });
        if !waits && !asks_again {
            steps += 1;
            assert!(steps <= model.max_steps(), "the call does not end");
        }
        match step {
            Step::GetToken { rejected, deadline } => {
                let token = model.get_token(rejected, deadline);
                now = event.clock.after(now);
                let token = match event.token {
                    TokenSource::Token => {
                        model.add_token(&token);
                        Ok(Some(Secret::new(token)))
                    }
                    TokenSource::NoneNewer => Ok(None),
                    TokenSource::Failure => {
                        let former = model.secrets().join(" ");
                        Err(Error::new(
                            OwnCode::TokenSourceFailed,
                            format!("not {former}"),
                        ))
                    }
                };
                call.token(now, token);
            }
            Step::Reserve { path, deadline } => {
                model.reserve(now, deadline);
                let start = choose_slot(event.slot, slot_moves, now, || {
                    pacer.reserve(path, now, deadline)
                });
                if start.is_some_and(|start| start <= now) {
                    model.take_slot(now);
                }
                call.slot(now, start);
            }
            Step::Wait { until } => {
                model.wait(now, until);
                early += 1;
                now = match event.clock {
                    Clock::Stands | Clock::Back(_) if early > MAX_EARLY_READS => until,
                    Clock::Forward(_) => until.max(event.clock.after(now)),
                    other => other.after(now),
                };
            }
            Step::Send(send) => {
                model.send(now, send);
                let path = send.request.path().to_owned();
                now = event.clock.after(now);
                let echo = model.secrets().join(" ");
                let reply = match event.answer.body(&echo) {
                    Some((status, body)) => Ok(Response {
                        status,
                        body: body.into_bytes(),
                    }),
                    None => Err(build_failure(event.answer, echo)),
                };
                if reply.as_ref().map_or_else(|failure| failure.sent, |_| true) {
                    pacer.set_used();
                }
                call.response(now, reply);
                model.handle_answer(&path, event.answer);
            }
            Step::Done(result) => break result,
        }
    };
    model.check_result(result.as_ref().map(|_| ()));
    let again = call.step(now);
    assert!(matches!(again, Step::Done(Err(error)) if error.code() == OwnCode::Internal));
}

/// The next step. If the call is cancelled now, that is its end.
fn next_step<I: Interface>(
    call: &mut Call<I>,
    now: Duration,
    is_cancelled: bool,
) -> Step<'_, I::Response> {
    if !is_cancelled {
        return call.step(now);
    }
    if let Step::Done(result) = call.step(now) {
        return Step::Done(result);
    }
    call.cancel(now);
    let end = call.step(now);
    model::check_cancelled(&end);
    end
}

/// Returns when the slot begins; `None` if that is after the deadline.
fn choose_slot(
    answer: SlotAnswer,
    slot_moves: usize,
    now: Duration,
    reserve: impl FnOnce() -> Option<Duration>,
) -> Option<Duration> {
    match answer {
        SlotAnswer::Paced => reserve(),
        SlotAnswer::Never => None,
        _ if slot_moves > MAX_SLOT_MOVES => Some(now),
        SlotAnswer::At(span) => Some(span.duration()),
        SlotAnswer::In(span) => Some(now.saturating_add(span.duration())),
    }
}

fn build_failure(answer: Answer, detail: String) -> SendFailure {
    match answer {
        Answer::Failure { cause, sent: true } => {
            SendFailure::after_sending(Answer::cause(cause), detail)
        }
        Answer::Failure { cause, .. } => SendFailure::before_sending(Answer::cause(cause), detail),
        answered => panic!("{answered:?} is not a failure"),
    }
}

/// A pacer whose promise is checked: no six calls in a second, unless the clock goes back.
struct CheckedPacer {
    pacer: Pacer,
    slot: Slot,
    taken: Option<(&'static str, Duration)>,
    now: Duration,
    starts: HashMap<&'static str, Vec<Duration>>,
}

impl CheckedPacer {
    /// Makes a pacer that has already served other calls.
    fn new(earlier_calls: u8, path: &'static str, now: Duration) -> Self {
        let mut pacer = Self {
            pacer: Pacer::default(),
            slot: Slot::default(),
            taken: None,
            now,
            starts: HashMap::new(),
        };
        for _ in 0..earlier_calls % 16 {
            let mut other = Slot::default();
            if pacer.pacer.reserve(&mut other, path, now, Duration::MAX) == Some(now) {
                pacer.starts.entry(path).or_default().push(now);
            }
            other.set_used();
        }
        pacer
    }

    fn reserve(
        &mut self,
        path: &'static str,
        now: Duration,
        deadline: Duration,
    ) -> Option<Duration> {
        if now < self.now {
            // If the clock goes back, earlier promises no longer hold.
            *self = Self::new(0, path, now);
        }
        self.now = now;
        self.taken = None;
        let start = self.pacer.reserve(&mut self.slot, path, now, deadline)?;
        assert!(now <= start && (start == now || start <= deadline));
        self.taken = (start == now).then_some((path, now));
        Some(start)
    }

    fn set_used(&mut self) {
        self.slot.set_used();
        let Some((path, start)) = self.taken.take() else {
            return;
        };
        let starts = self.starts.entry(path).or_default();
        starts.push(start);
        for window in starts.windows(6) {
            if let [first, .., last] = window {
                let apart = last.saturating_sub(*first);
                assert!(apart > Duration::from_secs(1), "six calls in {apart:?}");
            }
        }
    }
}
