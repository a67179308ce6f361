//! A call whose responses are scripted.

use std::time::Duration;

use jumpqr_core::call::{Call, FailureCause, Policy, SendFailure, Step};
use jumpqr_core::interface::{DeleteJumpQRCode, Interface, PublishJumpQRCode};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, RuleKey, Secret};

pub(crate) const PREFIX: &str = "https://m.example.cn/a";

pub(crate) const OK: &str = r#"{"errcode":0}"#;
pub(crate) const BUSY: &str = r#"{"errcode":-1,"errmsg":"system error T1"}"#;
pub(crate) const STALE: &str = r#"{"errcode":40001,"errmsg":"invalid credential T1"}"#;
pub(crate) const TOO_FAST: &str = r#"{"errcode":44990}"#;
pub(crate) const ILLEGAL: &str = r#"{"errcode":85066,"errmsg":"illegal prefix"}"#;
pub(crate) const LISTED: &str =
    r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/a","state":1}]}"#;
pub(crate) const PUBLISHED: &str =
    r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/a","state":2}]}"#;
pub(crate) const NOT_LISTED: &str = r#"{"errcode":0,"rule_list":[]}"#;

/// What a call did, and how it ended.
pub(crate) struct Run<R> {
    /// The last part of each request's path, its token, and the index of its host.
    pub(crate) requests: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) tally: String,
    pub(crate) result: Result<R, Error>,
}

pub(crate) fn delete() -> DeleteJumpQRCode {
    let key = RuleKey::ordinary_link(PREFIX);
    DeleteJumpQRCode { key }
}

pub(crate) fn publish() -> PublishJumpQRCode {
    let key = RuleKey::ordinary_link(PREFIX);
    PublishJumpQRCode { key }
}

/// A policy without a look-up, with as many retries as there are delays.
pub(crate) fn without_look_up(delays_ms: &[u64]) -> Policy {
    let retry_delays = delays_ms.iter().copied().map(Duration::from_millis);
    Policy {
        retry_delays: retry_delays.collect(),
        look_up: false,
        ..Policy::default()
    }
}

/// Runs a call that gets one response for each of its requests. `None` is a failed connection.
pub(crate) fn run<I: Interface>(
    interface: I,
    policy: Policy,
    responses: &[Option<&str>],
) -> Run<I::Response> {
    let responses: Vec<_> = responses
        .iter()
        .map(|body| {
            let failure = SendFailure::before_sending(FailureCause::Connect, "staged");
            body.map(Response::ok).ok_or(failure)
        })
        .collect();
    run_after(Duration::ZERO, interface, policy, responses)
}

/// Runs a call whose first slot starts at `first_slot`.
pub(crate) fn run_after<I: Interface>(
    first_slot: Duration,
    interface: I,
    policy: Policy,
    responses: Vec<Result<Response, SendFailure>>,
) -> Run<I::Response> {
    let mut now = Duration::ZERO;
    let mut call = Call::new(interface, policy, now).unwrap();
    let mut responses = responses.into_iter();
    let (mut requests, mut tokens, mut notes) = (Vec::new(), 0, Vec::new());
    loop {
        notes.extend(call.take_note());
        match call.step(now) {
            Step::Reserve { .. } => call.slot(now, Some(first_slot.max(now))),
            Step::GetToken { .. } => {
                tokens += 1;
                call.token(now, Ok(Some(Secret::new(format!("T{tokens}")))));
            }
            Step::Wait { until } => now = until,
            Step::Send(send) => {
                let (_, name) = send.request.path().rsplit_once('/').unwrap();
                let token = send.access_token.map_or("-", Secret::expose);
                requests.push(format!("{name} {token} {}", send.host));
                call.response(now, responses.next().expect("a response to each request"));
            }
            Step::Done(result) => {
                assert_eq!(responses.next(), None, "a response to no request");
                let tally = call.tally().to_string();
                return Run {
                    requests,
                    notes,
                    tally,
                    result,
                };
            }
        }
    }
}
