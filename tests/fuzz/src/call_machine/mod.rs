//! The call machine against hostile servers and clocks: a model of what has been told beside it.

mod scenario;
mod watch;

use std::collections::HashMap;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use jumpqr_core::call::{Call, Policy, SendFailure, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    AddJumpQRCode, ApiAuthorizerToken, ComponentTokenField, DeleteJumpQRCode, DownloadQRCodeText,
    GetJumpQRCode, Interface, LinkMiniprogram, PublishJumpQRCode, StableToken,
};
use jumpqr_core::response::Response;
use jumpqr_core::{Edit, Error, OrdinaryLinkRule, Pacer, RuleKey, Secret, Slot};

use self::scenario::{
    APPID, Answer, Clock, OPEN_VERSION, PATH, PERMIT_SUB_RULE, PREFIX, Scenario, TokenSource, Turn,
    Which,
};
use self::watch::{APPSECRET, Watch};

/// How often the clock may be read too early while the call waits; then it is let wait.
const EARLY: usize = 32;

/// Bytes from which a scenario is made: a call, its policy, and what each of its steps meets with.
pub fn call_machine(input: &[u8]) {
    let Ok(scenario) = Scenario::arbitrary_take_rest(Unstructured::new(input)) else {
        return;
    };
    let key = RuleKey::ordinary_link(PREFIX);
    let appid = || APPID.to_owned();
    match scenario.interface {
        Which::Add => drive(add(Edit::Add), &scenario),
        Which::Modify => drive(add(Edit::Modify), &scenario),
        Which::Publish => drive(PublishJumpQRCode { key }, &scenario),
        Which::Delete => drive(DeleteJumpQRCode { key }, &scenario),
        Which::Link => {
            let call = LinkMiniprogram {
                appid: appid(),
                notify_users: false,
                show_profile: false,
            };
            drive(call, &scenario);
        }
        Which::Get => drive(GetJumpQRCode::OrdinaryLink, &scenario),
        Which::Download => drive(DownloadQRCodeText, &scenario),
        Which::StableToken => {
            let call = StableToken {
                appid: appid(),
                secret: Secret::new(APPSECRET),
                force_refresh: false,
            };
            drive(call, &scenario);
        }
        Which::AuthorizerToken => {
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

/// Drives one call to its end, and holds it to its promises on the way.
fn drive<I: Interface>(interface: I, scenario: &Scenario) {
    let policy = Policy {
        timeout: scenario.timeout(),
        queue_timeout: scenario.queue_timeout(),
        delays: scenario.delays(),
        hosts: scenario.hosts(),
        look_up: scenario.looks_up(),
    };
    let mut now = scenario.begin();
    let own_path = interface.request().path();
    let which = scenario.interface;
    let mut watch = Watch::new(which, own_path, now, &policy);
    let mut slots = Slots::after(scenario.others, own_path, now);
    let mut events = scenario.events();
    let mut call = Call::new(interface, policy, now);
    let (mut steps, mut early, mut waits) = (0, 0, false);
    let mut taken = 0;
    let result = loop {
        let mut step = call.step(now);
        if scenario.cancelled_after() == Some(taken) && !matches!(step, Step::Done(_)) {
            call.cancel(now);
            step = call.step(now);
            watch.cancelled(&step);
        }
        taken += 1;
        if !matches!(step, Step::Done(_)) {
            watch.step(now);
        }
        let Some(event) = events.next() else {
            return;
        };
        let asks_again = waits && matches!(step, Step::Reserve { .. });
        waits = matches!(step, Step::Wait { .. });
        if !waits && !asks_again {
            steps += 1;
            assert!(steps <= watch.most_steps(), "it does not end");
        }
        match step {
            Step::GetToken { rejected, deadline } => {
                let token = watch.get_token(rejected.as_ref(), deadline);
                now = event.clock.after(now);
                let token = match event.token {
                    TokenSource::Token => {
                        watch.given(&token);
                        Ok(Some(Secret::new(token)))
                    }
                    TokenSource::NoneNewer => Ok(None),
                    TokenSource::Failure => {
                        let former = watch.secrets().join(" ");
                        Err(Error::new(
                            OwnCode::TokenSourceFailed,
                            format!("not {former}"),
                        ))
                    }
                };
                call.token(now, token);
            }
            Step::Reserve { path, latest } => {
                watch.reserve(now, latest);
                let start = match event.turn {
                    Turn::Paced => slots.reserve(path, now, latest),
                    Turn::At(span) => Some(span.duration()),
                    Turn::In(span) => Some(now.saturating_add(span.duration())),
                    Turn::Never => None,
                };
                if start.is_some_and(|start| start <= now) {
                    watch.slot_begins(now);
                }
                call.reserved(now, start);
            }
            Step::Wait { until } => {
                watch.wait(now, until);
                early += 1;
                now = match event.clock {
                    Clock::Stands | Clock::Back(_) if early > EARLY => until,
                    Clock::Forward(_) => until.max(event.clock.after(now)),
                    other => other.after(now),
                };
            }
            Step::Send(sending) => {
                watch.send(now, &sending);
                now = event.clock.after(now);
                let echo = watch.secrets().join(" ");
                let reply = match event.answer.body(&echo) {
                    Some((status, body)) => Ok(Response {
                        status,
                        body: body.into_bytes(),
                    }),
                    None => Err(failure(event.answer, echo)),
                };
                if reply.as_ref().map_or_else(|failure| failure.sent, |_| true) {
                    slots.set_used();
                }
                call.response(now, reply);
                watch.reply(&sending, event.answer);
            }
            Step::Done(result) => break result,
        }
    };
    watch.end(result.as_ref().map(|_| ()));
    let again = call.step(now);
    assert!(matches!(again, Step::Done(Err(error)) if error.code() == OwnCode::Internal));
}

fn failure(answer: Answer, detail: String) -> SendFailure {
    match answer {
        Answer::Failure { cause, sent: true } => {
            SendFailure::after_sending(Answer::cause(cause), detail)
        }
        Answer::Failure { cause, .. } => SendFailure::before_sending(Answer::cause(cause), detail),
        answered => panic!("{answered:?} is an answer"),
    }
}

/// The pacer, held to its promise for as long as time does not go back.
struct Slots {
    pacer: Pacer,
    slot: Slot,
    taken: Option<(&'static str, Duration)>,
    now: Duration,
    starts: HashMap<&'static str, Vec<Duration>>,
}

impl Slots {
    /// After other calls have begun, or wait.
    fn after(others: u8, path: &'static str, now: Duration) -> Self {
        let mut slots = Self {
            pacer: Pacer::default(),
            slot: Slot::default(),
            taken: None,
            now,
            starts: HashMap::new(),
        };
        for _ in 0..others % 16 {
            let mut other = Slot::default();
            if slots.pacer.reserve(&mut other, path, now, Duration::MAX) == Some(now) {
                slots.starts.entry(path).or_default().push(now);
            }
            other.set_used();
        }
        slots
    }

    fn reserve(&mut self, path: &'static str, now: Duration, latest: Duration) -> Option<Duration> {
        if now < self.now {
            // What was promised for later times holds no more.
            *self = Self::after(0, path, now);
        }
        self.now = now;
        self.taken = None;
        let start = self.pacer.reserve(&mut self.slot, path, now, latest)?;
        assert!(now <= start && (start == now || start <= latest));
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
