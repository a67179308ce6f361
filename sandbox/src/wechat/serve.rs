//! Serves the requests to WeChat: records them, looks for a fault, applies the call and responds.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::answer::Answer;
use super::call::Call;
use super::redaction::Redaction;
use super::{Shared, WeChat};
use crate::fault::{Effect, Fault, When};
use crate::http::connection::{ConnectionHandle, Plan};
use crate::http::response;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::journal::{Parties, RecordedRequest, RequestNumber};

/// Below this path, WeChat's response to an unknown path is an errcode, not an HTTP status.
const INTERFACES: &str = "/cgi-bin/";

pub(crate) async fn serve(
    State(shared): State<Shared>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    head: Parts,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let is_too_large = body.is_err();
    let body = body.unwrap_or_default();
    let call = Interface::from_path(head.uri.path()).map(|interface| Call {
        interface,
        method: head.method.as_str().to_owned(),
        query: query(&head),
        body: body.to_vec(),
    });
    let number = record(&mut shared.lock(), &head, call.as_ref(), &body);
    let received = Received {
        shared: &shared,
        number,
    };
    let refuse = |refusal: Refusal, call: Option<&Call>| {
        let answer = shared.lock().refuse(refusal, call);
        received.send(answer)
    };
    let Some(call) = call else {
        return if head.uri.path().starts_with(INTERFACES) {
            refuse(40066.into(), None)
        } else {
            response::html(StatusCode::NOT_FOUND)
        };
    };
    if is_too_large {
        return refuse(45002.into(), Some(&call));
    }
    let fault = shared.lock().consume_fault(&call);
    match fault {
        None => {
            let answer = shared.lock().respond(&call);
            received.send(answer)
        }
        Some(fault) => received.respond_with_fault(&connection, &call, fault).await,
    }
}

/// A recorded request that awaits its response.
struct Received<'a> {
    shared: &'a Shared,
    number: RequestNumber,
}

impl Received<'_> {
    /// Records the answer. Returns the body of the response.
    fn note(&self, answer: Answer) -> Vec<u8> {
        let mut wechat = self.shared.lock_silently();
        let journal = &mut wechat.state.journal;
        journal.note_answer(self.number, answer.recorded);
        answer.body
    }

    fn send(&self, answer: Answer) -> Response<Body> {
        response::json(StatusCode::OK, self.note(answer))
    }

    /// Responds to a call that a fault happens to. If the fault replaces the response, no answer is
    /// recorded.
    async fn respond_with_fault(
        &self,
        connection: &ConnectionHandle,
        call: &Call,
        fault: Fault,
    ) -> Response<Body> {
        let shared = self.shared;
        let is_applied = fault.when == When::After;
        let mut answer = Answer::default();
        if is_applied {
            answer = shared.lock().respond(call);
        }
        match fault.effect {
            Effect::Errcode { errcode, errmsg } => {
                answer = refuse_as_told(&mut shared.lock(), call, errcode, errmsg);
            }
            Effect::Delay { milliseconds } => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                if !is_applied {
                    answer = shared.lock().respond(call);
                }
            }
            Effect::TokenDeath => {
                let mut wechat = shared.lock();
                call.kill_tokens(&mut wechat.state);
                answer = wechat.respond(call);
            }
            Effect::Close => connection.set(Plan::Close),
            Effect::Reset => {
                connection.set(Plan::Reset);
                return response::json(StatusCode::OK, answer.body);
            }
            Effect::NotHttp => {
                connection.set(Plan::Replace(response::NOT_HTTP));
                return response::json(StatusCode::OK, answer.body);
            }
            Effect::Empty => return response::json(StatusCode::OK, Vec::new()),
            Effect::Garbage => return response::json(StatusCode::OK, response::GARBAGE),
            Effect::Truncate => return response::truncate(answer.body),
            Effect::Dribble {
                bytes,
                milliseconds,
            } => {
                let interval = Duration::from_millis(milliseconds);
                return response::dribble(self.note(answer), bytes, interval);
            }
            Effect::Html => return response::html(StatusCode::OK),
            Effect::Status { status } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                return response::html(status);
            }
        }
        self.send(answer)
    }
}

/// Refuses a call with the errcode of a fault. An errmsg of the fault may be any text, so what is
/// recorded of it is redacted.
fn refuse_as_told(
    wechat: &mut WeChat,
    call: &Call,
    errcode: i64,
    errmsg: Option<String>,
) -> Answer {
    let mut refusal = Refusal::from(errcode);
    let is_own_text = errmsg.is_some();
    if let Some(errmsg) = errmsg {
        refusal.errmsg = Cow::Owned(errmsg);
    }
    let mut answer = wechat.refuse(refusal, Some(call));
    if is_own_text {
        let body = String::from_utf8_lossy(&call.body);
        let redaction = Redaction::new(&wechat.state.secrets, &call.query, &body);
        let errmsg = &mut answer.recorded.errmsg;
        *errmsg = errmsg.as_deref().map(|text| redaction.redact(text));
    }
    answer
}

fn query(head: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

fn record(wechat: &mut WeChat, head: &Parts, call: Option<&Call>, body: &[u8]) -> RequestNumber {
    let state = &mut wechat.state;
    let query = query(head);
    let body = String::from_utf8_lossy(body);
    let redaction = Redaction::new(&state.secrets, &query, &body);
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = redaction.redact_header(name.as_str(), &value);
        (redaction.redact(name.as_str()), value)
    });
    let query_names = query.iter().map(|(name, _)| redaction.redact(name));
    let received_at_ms = state.clock.now().as_millis();
    let request = RecordedRequest {
        received_at_ms: u64::try_from(received_at_ms).unwrap_or(u64::MAX),
        interface: call.map(|call| call.interface),
        method: redaction.redact(head.method.as_str()),
        path: redaction.redact(head.uri.path()),
        query_names: query_names.collect(),
        headers: headers.collect(),
        body: redaction.redact_body(
            &body,
            call.is_some_and(|call| call.interface.issues_token() || call.interface.takes_secret()),
        ),
        errcode: None,
        errmsg: None,
        reason: None,
    };
    let parties = call.map_or_else(Parties::default, |call| call.parties(state));
    state.journal.add(request, parties)
}
