//! Serves the requests to WeChat: records them, looks for a fault, applies the call and responds.

use std::time::Duration;

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::call::Call;
use super::redaction::Redaction;
use super::{Shared, WeChat};
use crate::fault::{Effect, Fault, When};
use crate::http::connection::ConnectionHandle;
use crate::http::{MAX_BODY_BYTES, response};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::journal::{Parties, RecordedRequest};

/// Below this path, WeChat's response to an unknown path is an errcode, not an HTTP status.
const INTERFACES: &str = "/cgi-bin/";

pub(crate) async fn serve(
    State(shared): State<Shared>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await;
    let call = Interface::from_path(head.uri.path()).map(|interface| Call {
        interface,
        method: head.method.as_str().to_owned(),
        query: query(&head),
        body: body.as_deref().unwrap_or_default().to_vec(),
    });
    record(
        &mut shared.lock(),
        &head,
        call.as_ref(),
        body.as_deref().unwrap_or_default(),
    );
    let Some(call) = call else {
        if head.uri.path().starts_with(INTERFACES) {
            let refused = shared.lock().refuse(&40066.into());
            return response::json(StatusCode::OK, refused);
        }
        return response::html(StatusCode::NOT_FOUND);
    };
    if body.is_err() {
        let refused = shared.lock().refuse(&45002.into());
        return response::json(StatusCode::OK, refused);
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
    if fault.when == When::After {
        let body = shared.lock().respond(call);
        return apply_effect(shared, connection, fault.effect, body).await;
    }
    match fault.effect {
        Effect::Delay { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            response::json(StatusCode::OK, shared.lock().respond(call))
        }
        Effect::TokenDeath => {
            let mut wechat = shared.lock();
            call.kill_tokens(&mut wechat.state);
            response::json(StatusCode::OK, wechat.respond(call))
        }
        effect => apply_effect(shared, connection, effect, Vec::new()).await,
    }
}

/// Responds as the effect says. `body` is the right response.
async fn apply_effect(
    shared: &Shared,
    connection: &ConnectionHandle,
    effect: Effect,
    body: Vec<u8>,
) -> Response<Body> {
    match effect {
        Effect::Errcode { errcode, errmsg } => {
            let documented = Refusal::from(errcode);
            let errmsg = errmsg.map_or(documented.errmsg, Cow::Owned);
            let refusal = Refusal { errcode, errmsg };
            response::json(StatusCode::OK, shared.lock().refuse(&refusal))
        }
        Effect::Delay { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            response::json(StatusCode::OK, body)
        }
        Effect::Reset => {
            connection.reset();
            response::empty()
        }
        Effect::NotHttp => {
            connection.replace(response::NOT_HTTP);
            response::empty()
        }
        Effect::Truncate => response::truncate(body),
        Effect::Html => response::html(StatusCode::OK),
        Effect::Status { status } => {
            response::html(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY))
        }
        Effect::Garbage => response::garbage(),
        Effect::Empty => response::empty(),
        Effect::Dribble {
            bytes,
            milliseconds,
        } => response::dribble(body, bytes, Duration::from_millis(milliseconds)),
        Effect::Close => {
            connection.close();
            response::json(StatusCode::OK, body)
        }
        Effect::TokenDeath => response::json(StatusCode::OK, body),
    }
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
    let request = RecordedRequest {
        interface: call.map(|call| call.interface),
        method: redaction.redact(head.method.as_str()),
        path: redaction.redact(head.uri.path()),
        query_names: query_names.collect(),
        headers: headers.collect(),
        body: redaction.redact_body(
            &body,
            call.is_some_and(|call| call.interface.issues_token()),
        ),
    };
    let parties = call.map_or_else(Parties::default, |call| call.parties(state));
    state.journal.add(request, parties);
}
