//! Serves the requests to WeChat: records them, looks for a fault, applies the call and responds.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::call::Call;
use super::redaction::Redaction;
use super::{Shared, WeChat};
use crate::fault::{Effect, Fault, When};
use crate::http::connection::{ConnectionHandle, Plan};
use crate::http::response;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::journal::{Parties, RecordedRequest};

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
    record(&mut shared.lock(), &head, call.as_ref(), &body);
    let refuse = |refusal: Refusal, call: Option<&Call>| {
        response::json(StatusCode::OK, shared.lock().refuse(&refusal, call))
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
        None => response::json(StatusCode::OK, shared.lock().respond(&call)),
        Some(fault) => respond_with_fault(&shared, &connection, &call, fault).await,
    }
}

/// Responds to a call that a fault happens to.
async fn respond_with_fault(
    shared: &Shared,
    connection: &ConnectionHandle,
    call: &Call,
    fault: Fault,
) -> Response<Body> {
    let is_applied = fault.when == When::After;
    let mut body = Vec::new();
    if is_applied {
        body = shared.lock().respond(call);
    }
    match fault.effect {
        Effect::Errcode { errcode, errmsg } => {
            let documented = Refusal::from(errcode);
            let errmsg = errmsg.map_or(documented.errmsg, Cow::Owned);
            let refusal = Refusal { errcode, errmsg };
            body = shared.lock().refuse(&refusal, Some(call));
        }
        Effect::Delay { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            if !is_applied {
                body = shared.lock().respond(call);
            }
        }
        Effect::TokenDeath => {
            let mut wechat = shared.lock();
            call.kill_tokens(&mut wechat.state);
            body = wechat.respond(call);
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

fn query(head: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

fn record(wechat: &mut WeChat, head: &Parts, call: Option<&Call>, body: &[u8]) {
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
    };
    let parties = call.map_or_else(Parties::default, |call| call.parties(state));
    state.journal.add(request, parties);
}
