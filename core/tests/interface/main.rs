//! The requests and responses of interfaces, one file each.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its functions too"
)]

mod add_jump_qr_code;
mod api_authorizer_token;
mod api_component_token;
mod api_create_preauthcode;
mod api_get_authorizer_info;
mod api_get_authorizer_list;
mod api_query_auth;
mod api_start_push_ticket;
mod by_name;
mod clear_component_quota_by_app_secret;
mod raw_call;

use std::time::Duration;

use jumpqr_core::call::{Call, FailureCause, Policy, SendFailure, Step};
use jumpqr_core::interface::Interface;
use jumpqr_core::request::Request;
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Secret};

type Body = Result<&'static str, SendFailure>;

/// Makes the failure of a request that may have been applied, although it has no response.
fn lost_response() -> Body {
    let cause = FailureCause::ConnectionLost;
    Err(SendFailure::after_sending(cause, "staged"))
}

/// Makes a call, with one response for each request. Returns its result, and how often it asked for
/// a token: `COMPONENT-1`, `COMPONENT-2` and so on.
fn run<I: Interface>(interface: I, responses: &[Body]) -> (Result<I::Response, Error>, usize) {
    let mut now = Duration::ZERO;
    let policy = Policy {
        retry_delays: responses
            .iter()
            .skip(1)
            .map(|_| Duration::from_millis(10))
            .collect(),
        ..Policy::default()
    };
    let mut call = Call::new(interface, policy, now).unwrap();
    let mut responses = responses.iter();
    let mut tokens = 0;
    loop {
        match call.step(now) {
            Step::GetToken { .. } => {
                tokens += 1;
                call.token(now, Ok(Some(Secret::new(format!("COMPONENT-{tokens}")))));
            }
            Step::Reserve { .. } => call.slot(now, Some(now)),
            Step::Wait { until } => now = until,
            Step::Send(_) => {
                let response = responses.next().expect("there is a response to it");
                call.response(now, response.clone().map(Response::ok));
            }
            Step::Done(result) => return (result, tokens),
        }
    }
}

/// Returns the URL of a request with the token `T`, and its body.
fn parts(request: &Request) -> (String, &str) {
    let token = Secret::new("T");
    let token = request.needs_token.then_some(&token);
    let url = request.url("https://api.weixin.qq.com", token);
    let body = request.body.as_deref().unwrap_or_default();
    (url.expose().to_owned(), std::str::from_utf8(body).unwrap())
}
