//! Serves the requests to WeChat: records them, looks for a fault, applies the call and responds.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::add_jump_qr_code::PendingRule;
use super::answer::Answer;
use super::call::Call;
use super::redaction::Redaction;
use super::{Begun, Shared, WeChat};
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
    let received = Received { shared, number };
    let Some(call) = call else {
        return if head.uri.path().starts_with(INTERFACES) {
            received.refuse(40066.into(), None)
        } else {
            response::html(StatusCode::NOT_FOUND)
        };
    };
    if is_too_large {
        return received.refuse(45002.into(), Some(&call));
    }
    let fault = received.shared.lock().consume_fault(&call);
    let call = Arc::new(call);
    match fault {
        None => response::json(StatusCode::OK, received.respond(&call).await),
        Some(fault) => received.respond_with_fault(&connection, &call, fault).await,
    }
}

/// A recorded request that awaits its response.
#[derive(Clone)]
struct Received {
    shared: Shared,
    number: RequestNumber,
}

impl Received {
    /// Records the answer. Returns the body of the response.
    fn note(&self, answer: Answer) -> Vec<u8> {
        let mut wechat = self.shared.lock_silently();
        let journal = &mut wechat.state.journal;
        journal.note_answer(self.number, answer.recorded);
        answer.body
    }

    fn refuse(&self, refusal: Refusal, call: Option<&Call>) -> Response<Body> {
        let answer = self.shared.lock().refuse(refusal, call);
        response::json(StatusCode::OK, self.note(answer))
    }

    /// Applies a call, and records the answer. Returns the body of the response.
    async fn respond(&self, call: &Arc<Call>) -> Vec<u8> {
        let begun = self.shared.lock().begin(call);
        match begun {
            Begun::Answered(answer) => self.note(answer),
            Begun::Pending(pending) => {
                let finishing = self.clone().finish(Arc::clone(call), *pending);
                // Like WeChat, it goes on if the client disconnects. It fails only if the sandbox
                // stops, and then nobody gets the response.
                tokio::spawn(finishing).await.unwrap_or_default()
            }
        }
    }

    /// Looks for the verification file, and goes on with the call.
    async fn finish(self, call: Arc<Call>, pending: PendingRule) -> Vec<u8> {
        let PendingRule { rule, look } = pending;
        let seen = look.run().await;
        let answer = self.shared.lock().finish(&call, rule, seen);
        self.note(answer)
    }

    /// Responds to a call that a fault happens to. If the fault replaces the response, no answer is
    /// recorded.
    async fn respond_with_fault(
        &self,
        connection: &ConnectionHandle,
        call: &Arc<Call>,
        fault: Fault,
    ) -> Response<Body> {
        let is_applied = fault.when == When::After;
        let mut body = Vec::new();
        if is_applied {
            body = self.respond(call).await;
        }
        if fault.effect.replaces_response() {
            self.note(Answer::default());
        }
        match fault.effect {
            Effect::Errcode { errcode, errmsg } => {
                let answer = refuse_as_told(&mut self.shared.lock(), call, errcode, errmsg);
                body = self.note(answer);
            }
            Effect::Delay { milliseconds } => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                if !is_applied {
                    body = self.respond(call).await;
                }
            }
            Effect::TokenDeath => {
                call.kill_tokens(&mut self.shared.lock().state);
                body = self.respond(call).await;
            }
            Effect::Close => connection.set(Plan::Close),
            Effect::Reset => connection.set(Plan::Reset),
            Effect::NotHttp => connection.set(Plan::Replace(response::NOT_HTTP)),
            Effect::Empty => body.clear(),
            Effect::Garbage => body = response::GARBAGE.to_vec(),
            Effect::Truncate => return response::truncate(body),
            Effect::Dribble {
                bytes,
                milliseconds,
            } => return response::dribble(body, bytes, Duration::from_millis(milliseconds)),
            Effect::Html => return response::html(StatusCode::OK),
            Effect::Status { status } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                return response::html(status);
            }
        }
        response::json(StatusCode::OK, body)
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
