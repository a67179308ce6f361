//! Each vector of `raw_calls.json`, over real sockets, by a client and by a platform.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jumpqr::error::OwnCode;
use jumpqr::interface::{ApiComponentToken, ComponentTokenField, Interface, RawCall};
use jumpqr::store::MemoryStore;
use jumpqr::{Client, ClientBuilder, Error, Platform, Secret};
use jumpqr_tests::raw_calls::{
    RawCallArguments, RawCallVector, RawCaller, RawCalls, RawExchangeVector, RawFindingVector,
    RefusedCallVector,
};
use jumpqr_tests::{count, load, report};
use serde_json::Value;

use crate::server::{Fate, Received, Server};

/// The answer of the server to a platform that asks for its token.
const COMPONENT_TOKEN: &str = r#"{"component_access_token":"COMPONENT-TOKEN","expires_in":7200}"#;

const TOKENS: [&str; 5] = [
    "ACCESS-TOKEN",
    "COMPONENT-TOKEN",
    "COMPONENTSECRET",
    "ticket@@@",
    "S3CRET",
];

#[test]
fn every_raw_call_is_sent_byte_for_byte_and_ends_as_it_must() {
    let file: RawCalls = load().unwrap();
    let sent = file.raw_calls.iter();
    let sent = sent.map(|vector| (vector.name.as_str(), run(vector)));
    let refused = file.refused.iter();
    let refused = refused.map(|vector| (vector.name.as_str(), run_refused(vector)));
    let run = report(sent.chain(refused)).unwrap_or_else(|failures| panic!("{failures}"));
    count::<RawCalls>(run);
}

/// The requests to come, and the differences so far.
#[derive(Default)]
struct Script {
    exchanges: VecDeque<RawExchangeVector>,
    body: Option<String>,
    differences: Vec<String>,
}

impl Script {
    fn receive(&mut self, request: &Received) -> Fate {
        if request.path == ApiComponentToken::PATH {
            return Fate::Reply {
                status: 200,
                body: COMPONENT_TOKEN.into(),
            };
        }
        let Some(expected) = self.exchanges.pop_front() else {
            let difference = format!("unexpected request: {request:?}");
            self.differences.push(difference);
            return Fate::Close;
        };
        let found = (
            request.method.as_str(),
            format!("{}?{}", request.path, request.query),
            String::from_utf8_lossy(&request.body).into_owned(),
        );
        let method = self.body.as_ref().map_or("GET", |_| "POST");
        let body = self.body.clone().unwrap_or_default();
        let expected_request = (method, expected.target, body);
        if found != expected_request {
            let difference = format!("expected {expected_request:?}, found {found:?}");
            self.differences.push(difference);
        }
        match expected.reply.map(|reply| reply.reply()).transpose() {
            Ok(None) => Fate::Close,
            Ok(Some(reply)) => Fate::Reply {
                status: reply.status,
                body: reply.body,
            },
            Err(error) => {
                self.differences.push(error);
                Fate::Close
            }
        }
    }

    fn check(&self) -> Result<(), String> {
        match (self.differences.as_slice(), self.exchanges.len()) {
            ([], 0) => Ok(()),
            ([], left) => Err(format!("{left} requests were not sent")),
            (differences, _) => Err(differences.join("; ")),
        }
    }
}

fn start(script: &Arc<Mutex<Script>>) -> Result<Server, String> {
    let script = script.clone();
    let receive = move |request| {
        let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
        script.receive(&request)
    };
    Server::start(receive).map_err(|error| error.to_string())
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .base_url(server.base_url())
        .pacing(false)
        .validate(false)
}

/// Builds a client that has another token after its first one was refused.
fn build_client(builder: ClientBuilder) -> jumpqr::Result<Client> {
    let builder = builder.token_function(|request| {
        Ok(Secret::new(match request.rejected {
            None => "ACCESS-TOKEN-1",
            Some(_) => "ACCESS-TOKEN-2",
        }))
    });
    builder.build()
}

fn build_platform(builder: ClientBuilder) -> jumpqr::Result<Platform> {
    let builder = builder.token_store(Arc::<MemoryStore>::default());
    let platform = builder.build_platform("wxplatform00000000", "COMPONENTSECRET")?;
    platform.set_verify_ticket("ticket@@@T1")?;
    Ok(platform)
}

fn raw_call(arguments: &RawCallArguments) -> RawCall {
    let mut call = match &arguments.body {
        None => RawCall::get(arguments.path.as_str()),
        Some(json) => RawCall::post(arguments.path.as_str(), json.as_str()),
    };
    for (name, value) in &arguments.query {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        call = call.query(name.as_str(), value);
    }
    if arguments.repeatable {
        call.repeatable()
    } else {
        call
    }
}

fn run(vector: &RawCallVector) -> Result<(), String> {
    let script = Script {
        exchanges: vector.exchanges.clone().into(),
        body: vector.call.body.clone(),
        ..Script::default()
    };
    let script = Arc::new(Mutex::new(script));
    let server = start(&script)?;
    let builder = builder(&server).max_retries(vector.max_retries);
    let call = raw_call(&vector.call);
    let result = match vector.of {
        RawCaller::Client => build_client(builder).and_then(|client| client.call_raw(call)),
        RawCaller::Platform => {
            let field = vector.component_token_field.as_deref();
            let field = field.map_or(Ok(ComponentTokenField::default()), |name| {
                ComponentTokenField::from_name(name)
            });
            let builder = field.map(|field| builder.component_token_field(field));
            let platform = builder.and_then(build_platform);
            platform.and_then(|platform| platform.call_raw(call))
        }
    };
    let result = match result {
        Ok(json) => Ok(serde_json::from_str(&json).map_err(|error| error.to_string())?),
        Err(error) => Err(error),
    };
    vector.result.check(&result)?;
    if let Err(error) = &result {
        check_secrets(error, &vector.secrets)?;
    }
    script
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .check()
}

fn run_refused(vector: &RefusedCallVector) -> Result<(), String> {
    let script = Arc::<Mutex<Script>>::default();
    let server = start(&script)?;
    let client = build_client(builder(&server)).map_err(|error| error.to_string())?;
    let platform = build_platform(builder(&server)).map_err(|error| error.to_string())?;
    let call = raw_call(&vector.call);
    for result in [client.call_raw(call.clone()), platform.call_raw(call)] {
        let error = result.err().ok_or("it was not refused")?;
        check_refusal(&error, &vector.findings)?;
    }
    script
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .check()
}

fn check_refusal(error: &Error, expected: &[RawFindingVector]) -> Result<(), String> {
    let violations = error.violations().iter();
    let mut found: Vec<_> = violations
        .map(|finding| RawFindingVector {
            field: finding.field.clone(),
            code: finding.code.name().to_owned(),
        })
        .collect();
    let mut expected = expected.to_vec();
    found.sort();
    expected.sort();
    if error.code() != OwnCode::InvalidRequest || found != expected {
        return Err(format!("expected {expected:?}, found {error:?}"));
    }
    check_secrets(error, &[])
}

fn check_secrets(error: &Error, secrets: &[String]) -> Result<(), String> {
    let printed = format!("{error} {error:?} {:?}", error.errmsg());
    let secrets = secrets.iter().map(String::as_str).chain(TOKENS);
    match secrets.into_iter().find(|secret| printed.contains(secret)) {
        Some(secret) => Err(format!("the error prints {secret}")),
        None => Ok(()),
    }
}
