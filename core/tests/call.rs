//! What the call machine promises, whatever it is answered.

use std::time::Duration;

use jumpqr_core::call::{Call, FailureCause, Policy, SendFailure, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    AddJumpQRCode, DeleteJumpQRCode, DownloadQRCodeText, GetJumpQRCode, Interface,
    PublishJumpQRCode, StableToken,
};
use jumpqr_core::response::Response;
use jumpqr_core::{
    Edit, Error, OpenVersion, OrdinaryLinkRule, Outcome, PermitSubRule, RuleKey, Secret,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const APPSECRET: &str = "APPSECRET";

const PREFIX: &str = "https://m.example.cn/a";

/// What a server may answer, and whether it tells if a write was applied.
const REPLIES: [(u16, &str, bool); 18] = [
    (200, r#"{"errcode":0,"errmsg":"ok"}"#, true),
    (200, r#"{"errcode":0,"rule_list":[]}"#, true),
    (
        200,
        r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/a","state":1,"open_version":1,"permit_sub_rule":1}]}"#,
        true,
    ),
    (
        200,
        r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/b","state":2}]}"#,
        true,
    ),
    (
        200,
        r#"{"errcode":-1,"errmsg":"system error TOKEN-1"}"#,
        false,
    ),
    (
        200,
        r#"{"errcode":40001,"errmsg":"TOKEN-1 TOKEN-2 APPSECRET"}"#,
        true,
    ),
    (200, r#"{"errcode":42001}"#, true),
    (200, r#"{"errcode":44990}"#, true),
    (200, r#"{"errcode":45011}"#, true),
    (200, r#"{"errcode":886001}"#, true),
    (200, r#"{"errcode":85066,"errmsg":"illegal prefix"}"#, true),
    (200, r#"{"errcode":85071}"#, true),
    (200, r#"{"errcode":1e20}"#, false),
    (200, "{}", false),
    (200, "", false),
    (200, "<html>", false),
    (403, "", true),
    (502, "<html>", false),
];

/// The replies after which a delete and a publish of [`PREFIX`] are sent: the rule is there and not
/// published, or the answer does not tell.
const SPEAK_FOR_A_WRITE: [&str; 4] = [
    r#"{"errcode":0,"errmsg":"ok"}"#,
    "{}",
    REPLIES[2].1,
    REPLIES[3].1,
];

/// What one step may be answered with; which part is used depends on the step.
#[derive(Debug, Clone)]
struct Event {
    takes: Duration,
    reply: Result<(u16, &'static str, bool), (FailureCause, bool)>,
    token: Token,
    start: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
enum Token {
    Given,
    NoneNewer,
    Failed,
}

fn any_event() -> impl Strategy<Value = Event> {
    let reply = prop_oneof![
        3 => select(&REPLIES[..]).prop_map(Ok),
        1 => (select(FailureCause::ALL), any::<bool>()).prop_map(Err),
    ];
    let token =
        prop_oneof![8 => Just(Token::Given), 1 => Just(Token::NoneNewer), 1 => Just(Token::Failed)];
    let start = prop_oneof![
        6 => Just(Some(0)),
        2 => (0_u64..3_000).prop_map(Some),
        1 => Just(None),
    ];
    let takes = prop_oneof![3 => 0_u64..200, 1 => 0_u64..40_000];
    (takes, reply, token, start).prop_map(|(takes, reply, token, start)| Event {
        takes: Duration::from_millis(takes),
        reply,
        token,
        start: start.map(Duration::from_millis),
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let delays = vec(0_u64..5_000, 0..5);
    (
        0_u64..100_000,
        0_u64..10_000,
        delays,
        0_usize..4,
        any::<bool>(),
    )
        .prop_map(|(timeout, queue_timeout, delays, hosts, look_up)| Policy {
            timeout: Duration::from_millis(timeout),
            queue_timeout: Duration::from_millis(queue_timeout),
            retry_delays: delays.into_iter().map(Duration::from_millis).collect(),
            host_count: hosts,
            look_up,
        })
}

/// What has been seen of a call so far.
struct Watch<'a> {
    events: std::iter::Cycle<std::slice::Iter<'a, Event>>,
    own_path: &'static str,
    is_write: bool,
    now: Duration,
    /// It stands still while the call waits for its slot.
    deadline: Duration,
    queue_left: Duration,
    /// Since when the call waits for its slot, and when that starts.
    queued: Option<(Duration, Duration)>,
    first_tokens: usize,
    renewals: usize,
    sends: usize,
    /// The tokens that were given, and the secret in the request: what a server may echo.
    secrets: Vec<String>,
    /// The last attempt of a write left its outcome unknown, and nothing has told it since.
    doubt: bool,
    /// The write may be sent: nothing is to be looked up, or the list does not speak against it.
    may_write: bool,
}

impl Watch<'_> {
    fn event(&mut self) -> Result<Event, TestCaseError> {
        let event = self.events.next().cloned();
        event.ok_or_else(|| TestCaseError::fail("no events"))
    }

    /// When the call may start: as soon as it was told when it asked for the first time.
    fn reserve(&mut self, latest: Duration) -> Result<Option<Duration>, TestCaseError> {
        if self.queued.is_none() {
            prop_assert!(self.now < self.deadline, "queues after the deadline");
            let start = self.event()?.start;
            self.queued = start.map(|start| (self.now, self.now + start));
        }
        let Some((since, start)) = self.queued else {
            return Ok(None);
        };
        prop_assert_eq!(latest, since + self.queue_left);
        if start <= self.now {
            let waited = self.now.saturating_sub(since);
            self.queued = None;
            self.deadline += waited;
            self.queue_left = self.queue_left.saturating_sub(waited);
        }
        Ok(Some(start))
    }

    fn get_token(&mut self, rejected: Option<&Secret>) -> Result<String, TestCaseError> {
        prop_assert!(self.now < self.deadline);
        match rejected {
            None => self.first_tokens += 1,
            Some(_) => self.renewals += 1,
        }
        prop_assert!(self.first_tokens <= 1, "a token was asked for twice");
        prop_assert!(self.renewals <= 1, "a token was renewed twice");
        Ok(format!("TOKEN-{}", self.first_tokens + self.renewals))
    }

    fn sent(&mut self, path: &str, timeout: Duration, event: &Event) -> Result<(), TestCaseError> {
        self.sends += 1;
        prop_assert!(self.now < self.deadline, "sent after the deadline");
        prop_assert!(
            self.now + timeout <= self.deadline,
            "may outlast the deadline"
        );
        let told = match event.reply {
            Ok((_, _, told)) => told,
            Err((_, sent)) => !sent,
        };
        if path != self.own_path && !self.may_write {
            self.may_write =
                matches!(event.reply, Ok((200, body, _)) if SPEAK_FOR_A_WRITE.contains(&body));
            return Ok(());
        }
        if self.is_write && path == self.own_path {
            prop_assert!(self.may_write, "sent, though the rule was not looked up");
            prop_assert!(!self.doubt, "sent again without a read-back");
            self.doubt = !told;
        } else if self.is_write
            && matches!(event.reply, Ok((200, body, true)) if body.starts_with(r#"{"errcode":0"#))
        {
            self.doubt = false;
        }
        Ok(())
    }
}

/// Drives one call, which may be cancelled after some steps, and holds it to its promises.
fn drive<I: Interface>(
    interface: I,
    policy: Policy,
    begin: Duration,
    events: &[Event],
    cancelled_after: Option<usize>,
) -> Result<(), TestCaseError> {
    let to_failure = |error: Error| TestCaseError::fail(error.to_string());
    let hosts = policy.host_count.max(1);
    let looks_up = policy.look_up
        && interface
            .change()
            .is_some_and(|change| change.look_up_request().is_some());
    let most_sends = (hosts + 1) * (policy.retry_delays.len() + 1) + 1 + usize::from(looks_up);
    let mut watch = Watch {
        events: events.iter().cycle(),
        own_path: interface.request().map_err(to_failure)?.path(),
        is_write: interface.change().is_some(),
        now: begin,
        deadline: begin + policy.timeout,
        queue_left: policy.queue_timeout,
        queued: None,
        first_tokens: 0,
        renewals: 0,
        sends: 0,
        secrets: interface
            .secrets()
            .into_iter()
            .map(|secret| secret.expose().to_owned())
            .collect(),
        doubt: false,
        may_write: !looks_up,
    };
    let mut call = Call::new(interface, policy, begin).map_err(to_failure)?;
    for taken in 0..5 * most_sends + 10 {
        let mut step = call.step(watch.now);
        if cancelled_after == Some(taken) && !matches!(step, Step::Done(_)) {
            call.cancel(watch.now);
            step = call.step(watch.now);
            prop_assert!(matches!(step, Step::Done(Err(_))), "it goes on");
        }
        match step {
            Step::GetToken { rejected, deadline } => {
                prop_assert_eq!(deadline, watch.deadline);
                let event = watch.event()?;
                let token = watch.get_token(rejected.as_ref())?;
                watch.now += event.takes;
                let token = match event.token {
                    Token::Given => {
                        watch.secrets.push(token.clone());
                        Ok(Some(Secret::new(token)))
                    }
                    Token::NoneNewer => Ok(None),
                    Token::Failed => Err(Error::new(OwnCode::TokenSourceFailed, "staged")),
                };
                call.token(watch.now, token);
            }
            Step::Reserve { deadline, .. } => {
                let start = watch.reserve(deadline)?;
                call.slot(watch.now, start);
            }
            Step::Wait { until } => {
                prop_assert!(until > watch.now, "waits for the past");
                let latest = match watch.queued {
                    Some((since, _)) => since + watch.queue_left,
                    None => watch.deadline,
                };
                prop_assert!(until <= latest, "waits past the deadline");
                watch.now = until;
            }
            Step::Send(sending) => {
                prop_assert!(sending.host < hosts);
                let event = watch.event()?;
                watch.sent(sending.request.path(), sending.timeout, &event)?;
                prop_assert!(watch.sends <= most_sends, "{} sends", watch.sends);
                watch.now += event.takes.min(sending.timeout);
                call.response(
                    watch.now,
                    match event.reply {
                        Ok((status, body, _)) => Ok(Response {
                            status,
                            body: body.as_bytes().to_vec(),
                        }),
                        Err((cause, sent)) => Err(SendFailure {
                            cause,
                            sent,
                            detail: "staged".to_owned(),
                        }),
                    },
                );
            }
            Step::Done(result) => {
                return judge(&watch, &result.map(|_| ()), &mut call);
            }
        }
    }
    Err(TestCaseError::fail("the call does not end"))
}

fn judge<I: Interface>(
    watch: &Watch<'_>,
    result: &Result<(), Error>,
    call: &mut Call<I>,
) -> Result<(), TestCaseError> {
    match result {
        Ok(()) => prop_assert!(!watch.doubt, "done, though nothing told so"),
        Err(error) => {
            if watch.doubt {
                prop_assert_eq!(error.outcome(), Outcome::Unknown, "{}", error);
            }
            if watch.sends == 0 {
                prop_assert_eq!(error.outcome(), Outcome::NotApplied, "{}", error);
            }
            let chain = std::iter::successors(Some(error as &dyn std::error::Error), |error| {
                error.source()
            });
            let printed: Vec<String> = chain.map(|error| format!("{error} {error:?}")).collect();
            let printed = printed.join("\n");
            for secret in &watch.secrets {
                prop_assert!(!printed.contains(secret), "{}", printed);
            }
        }
    }
    // Whoever asks again is told so, and nothing is sent.
    let again = call.step(watch.now);
    prop_assert!(matches!(again, Step::Done(Err(ref error)) if error.code() == OwnCode::Internal));
    Ok(())
}

fn rule() -> OrdinaryLinkRule {
    OrdinaryLinkRule::new(
        PREFIX,
        "pages/a",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn every_call_ends_in_time_and_within_bounds(
        interface in 0_usize..7,
        policy in any_policy(),
        begin in 0_u64..1_000_000,
        events in vec(any_event(), 1..24),
        cancelled in proptest::option::weighted(0.3, 0_usize..12),
    ) {
        let begin = Duration::from_millis(begin);
        let key = RuleKey::ordinary_link(PREFIX);
        match interface {
            0 => drive(
                AddJumpQRCode { rule: rule().into(), is_edit: Edit::Add },
                policy, begin, &events, cancelled,
            ),
            1 => drive(
                AddJumpQRCode { rule: rule().into(), is_edit: Edit::Modify },
                policy, begin, &events, cancelled,
            ),
            2 => drive(PublishJumpQRCode { key }, policy, begin, &events, cancelled),
            3 => drive(DeleteJumpQRCode { key }, policy, begin, &events, cancelled),
            4 => drive(GetJumpQRCode::OrdinaryLink, policy, begin, &events, cancelled),
            5 => drive(DownloadQRCodeText, policy, begin, &events, cancelled),
            _ => drive(
                StableToken {
                    appid: "wx1".to_owned(),
                    secret: Secret::new(APPSECRET),
                    force_refresh: false,
                },
                policy, begin, &events, cancelled,
            ),
        }?;
    }
}
