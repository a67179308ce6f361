//! The promises of the call machine, whatever the server, the token source and the pacer do.

use std::time::Duration;

use jumpqr_core::call::{Call, CallEvent, FailureCause, Policy, SendFailure, Step, TokenWait};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    AddJumpQRCode, DownloadQRCodeText, GetJumpQRCode, Interface, StableToken,
};
use jumpqr_core::response::Response;
use jumpqr_core::{Edit, Error, OpenVersion, OrdinaryLinkRule, Outcome, PermitSubRule, Secret};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::script::{PREFIX, delete, publish};
use crate::watch::Watch;

const APPSECRET: &str = "APPSECRET";

/// The responses of a server: the status, the body, and whether it shows if a write was applied.
const RESPONSES: [(u16, &str, bool); 18] = [
    (200, r#"{"errcode":0,"errmsg":"ok"}"#, true),
    (200, r#"{"errcode":0,"rule_list":[]}"#, true),
    (
        200,
        concat!(
            r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/a","#,
            r#""state":1,"open_version":1,"permit_sub_rule":1}]}"#,
        ),
        true,
    ),
    (
        200,
        concat!(
            r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/b","#,
            r#""state":2}]}"#,
        ),
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

/// The responses to a look-up after which a write to [`PREFIX`] may be sent. The rule exists, or
/// the response does not show whether it does.
pub(crate) const WRITE_NEEDED: [&str; 4] = [
    r#"{"errcode":0,"errmsg":"ok"}"#,
    "{}",
    RESPONSES[2].1,
    RESPONSES[3].1,
];

/// The result of one step. Which fields are used depends on the step.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    duration: Duration,
    pub(crate) response: StagedResponse,
    token: Token,
    /// The time until the slot starts.
    pub(crate) slot_wait: Option<Duration>,
}

/// One of [`RESPONSES`], or the cause of a failure and whether anything was sent.
pub(crate) type StagedResponse = Result<(u16, &'static str, bool), (FailureCause, bool)>;

#[derive(Debug, Clone, Copy)]
enum Token {
    New,
    NoneNewer,
    Failed,
}

fn any_event() -> impl Strategy<Value = Event> {
    let response = prop_oneof![
        3 => select(&RESPONSES[..]).prop_map(Ok),
        1 => (select(FailureCause::ALL), any::<bool>()).prop_map(Err),
    ];
    let token =
        prop_oneof![8 => Just(Token::New), 1 => Just(Token::NoneNewer), 1 => Just(Token::Failed)];
    let slot_wait = prop_oneof![
        6 => Just(Some(0)),
        2 => (0_u64..3_000).prop_map(Some),
        1 => Just(None),
    ];
    let duration = prop_oneof![3 => 0_u64..200, 1 => 0_u64..40_000];
    (duration, response, token, slot_wait).prop_map(|(duration, response, token, slot_wait)| {
        Event {
            duration: Duration::from_millis(duration),
            response,
            token,
            slot_wait: slot_wait.map(Duration::from_millis),
        }
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

/// Checks that the event has every request, and that its times are those of the call.
fn check_event(event: &CallEvent, took: Duration, sends: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(event.attempts.len(), sends);
    let continued = event.attempts.iter().filter(|it| it.next.is_some());
    prop_assert_eq!(continued.count(), sends.saturating_sub(1), "{}", event);
    let sum = event.slot_ms + event.token_ms + event.lock_ms + event.retry_ms + event.wechat_ms;
    prop_assert!((event.duration_ms - sum).abs() < 0.01, "{}", event);
    let took = took.as_secs_f64() * 1000.0;
    prop_assert!((event.duration_ms - took).abs() < 0.01, "{}", event);
    Ok(())
}

/// Drives one call, which may be cancelled after some steps, and checks its promises.
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
    let max_sends =
        (hosts + 1) * (policy.retry_delays.max_retries() + 1) + 1 + usize::from(looks_up);
    let mut watch = Watch {
        events: events.iter().cycle(),
        own_path: I::PATH,
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
        is_unknown: false,
        may_write: !looks_up,
    };
    let mut call = Call::new(interface, policy, begin).map_err(to_failure)?;
    call.watch(begin, Duration::ZERO);
    for taken in 0..5 * max_sends + 10 {
        let mut step = call.step(watch.now);
        if cancelled_after == Some(taken) && !matches!(step, Step::Done(_)) {
            call.cancel(watch.now);
            step = call.step(watch.now);
            prop_assert!(matches!(step, Step::Done(Err(_))), "the call goes on");
        }
        match step {
            Step::GetToken { rejected, deadline } => {
                prop_assert_eq!(deadline, watch.deadline);
                let event = watch.event()?;
                let token = watch.get_token(rejected)?;
                watch.now += event.duration;
                let token = match event.token {
                    Token::New => {
                        watch.secrets.push(token.clone());
                        Ok(Some(Secret::new(token)))
                    }
                    Token::NoneNewer => Ok(None),
                    Token::Failed => Err(Error::new(OwnCode::TokenSourceFailed, "staged")),
                };
                let lock = event.duration / 2;
                let renewed = false;
                call.token_wait(watch.now, TokenWait { lock, renewed });
                call.token(watch.now, token);
            }
            Step::Reserve { deadline, .. } => {
                let start = watch.reserve(deadline)?;
                call.slot(watch.now, start);
            }
            Step::Wait { until } => {
                prop_assert!(until > watch.now, "waits for a time in the past");
                let deadline = match watch.queued {
                    Some((since, _)) => since + watch.queue_left,
                    None => watch.deadline,
                };
                prop_assert!(until <= deadline, "waits past the deadline");
                watch.now = until;
            }
            Step::Send(send) => {
                prop_assert!(send.host < hosts);
                let event = watch.event()?;
                watch.send(send.request.path(), send.timeout, &event)?;
                prop_assert!(watch.sends <= max_sends, "{} sends", watch.sends);
                watch.now += event.duration.min(send.timeout);
                call.response(
                    watch.now,
                    match event.response {
                        Ok((status, body, _)) => Ok(Response {
                            status,
                            body: body.as_bytes().to_vec(),
                        }),
                        Err((cause, is_sent)) => Err(SendFailure {
                            cause,
                            sent: is_sent,
                            detail: "staged".to_owned(),
                        }),
                    },
                );
            }
            Step::Done(result) => {
                let event = call.event(watch.now, None, result.as_ref().err());
                let took = watch.now.saturating_sub(begin);
                check_event(&event.unwrap(), took, watch.sends)?;
                return check_result(&watch, &result.map(|_| ()), &mut call);
            }
        }
    }
    Err(TestCaseError::fail("the call does not end"))
}

fn check_result<I: Interface>(
    watch: &Watch<'_>,
    result: &Result<(), Error>,
    call: &mut Call<I>,
) -> Result<(), TestCaseError> {
    match result {
        Ok(()) => prop_assert!(!watch.is_unknown, "done, though nothing shows it"),
        Err(error) => {
            if watch.is_unknown {
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
    // Another step is an error. Nothing is sent.
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
    fn every_call_keeps_its_promises(
        interface in 0_usize..7,
        policy in any_policy(),
        begin in 0_u64..1_000_000,
        events in vec(any_event(), 1..24),
        cancelled in proptest::option::weighted(0.3, 0_usize..12),
    ) {
        let begin = Duration::from_millis(begin);
        match interface {
            0 => drive(
                AddJumpQRCode { rule: rule().into(), is_edit: Edit::Add },
                policy, begin, &events, cancelled,
            ),
            1 => drive(
                AddJumpQRCode { rule: rule().into(), is_edit: Edit::Modify },
                policy, begin, &events, cancelled,
            ),
            2 => drive(publish(), policy, begin, &events, cancelled),
            3 => drive(delete(), policy, begin, &events, cancelled),
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
