//! A request to WeChat: recorded, met by a fault, applied, answered.

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::connection::Wire;
use super::{MAX_BODY_BYTES, reply};
use crate::fault::{Effect, Fault, When};
use crate::interface::{Call, Interface};
use crate::refusal::Refusal;
use crate::state::journal::{Parties, RecordedRequest, redact, redact_body, redact_header};
use crate::state::{self, Shared};

/// Below this path WeChat answers with an errcode, even where there is no interface.
const INTERFACES: &str = "/cgi-bin/";

pub(super) async fn serve(
    State(shared): State<Shared>,
    ConnectInfo(wire): ConnectInfo<Wire>,
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
            let refused = shared.lock().refuse(&Refusal::new(40066));
            return reply::json(StatusCode::OK, refused);
        }
        return reply::html(StatusCode::NOT_FOUND);
    };
    if body.is_err() {
        let refused = shared.lock().refuse(&Refusal::new(45002));
        return reply::json(StatusCode::OK, refused);
    }
    let fault = shared.lock().take_fault(&call);
    match fault {
        None => reply::json(StatusCode::OK, shared.lock().answer(&call)),
        Some(fault) => meet(&shared, &wire, &call, fault).await,
    }
}

/// What a call comes to that meets a fault.
async fn meet(shared: &Shared, wire: &Wire, call: &Call, fault: Fault) -> Response<Body> {
    if fault.when == When::After {
        let answer = shared.lock().answer(call);
        return after(shared, wire, fault.effect, answer).await;
    }
    match fault.effect {
        Effect::Delay(by) => {
            tokio::time::sleep(by).await;
            reply::json(StatusCode::OK, shared.lock().answer(call))
        }
        Effect::TokenDeath => {
            let mut state = shared.lock();
            state.kill_tokens_of(call);
            reply::json(StatusCode::OK, state.answer(call))
        }
        effect => after(shared, wire, effect, Vec::new()).await,
    }
}

/// What is sent in the place of `answer`.
async fn after(shared: &Shared, wire: &Wire, effect: Effect, answer: Vec<u8>) -> Response<Body> {
    match effect {
        Effect::Errcode { errcode, errmsg } => {
            let refusal = match errmsg {
                Some(errmsg) => Refusal::with_errmsg(errcode, errmsg),
                None => Refusal::new(errcode),
            };
            reply::json(StatusCode::OK, shared.lock().refuse(&refusal))
        }
        Effect::Delay(by) => {
            tokio::time::sleep(by).await;
            reply::json(StatusCode::OK, answer)
        }
        Effect::Reset => {
            wire.reset();
            reply::empty()
        }
        Effect::NotHttp => {
            wire.replace(reply::NOT_HTTP);
            reply::empty()
        }
        Effect::Truncate => reply::truncated(answer),
        Effect::Html => reply::html(StatusCode::OK),
        Effect::Status(status) => {
            reply::html(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY))
        }
        Effect::Garbage => reply::garbage(),
        Effect::Empty => reply::empty(),
        Effect::Dribble { bytes, interval } => reply::dribbled(answer, bytes, interval),
        Effect::Close => {
            wire.close();
            reply::json(StatusCode::OK, answer)
        }
        Effect::TokenDeath => reply::json(StatusCode::OK, answer),
    }
}

fn query(head: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

fn record(state: &mut state::State, head: &Parts, call: Option<&Call>, body: &[u8]) {
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = redact_header(state, call, name.as_str(), &value);
            (name.as_str().to_owned(), value)
        })
        .collect();
    let request = RecordedRequest {
        interface: call.map(|call| call.interface),
        method: head.method.as_str().to_owned(),
        path: redact(state, call, head.uri.path()),
        query_names: query(head)
            .iter()
            .map(|(name, _)| redact(state, call, name))
            .collect(),
        headers,
        body: redact_body(state, call, body),
    };
    let parties = call.map_or_else(Parties::default, |call| state.parties(call));
    state.journal.add(request, parties);
}
