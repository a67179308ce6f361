//! Stages a flow: a scripted server, a scripted token source, and a list of differences.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::interface::Interface;
use jumpqr::tokens::{TokenRequest, TokenSource};
use jumpqr::{Client, Error, Secret};
use jumpqr_tests::Visitor;
use jumpqr_tests::flows::{CauseVector, FlowVector, GetTokenVector, SendVector, StepVector};
use serde_json::Value;

use crate::server::{Fate, Received, Server};

/// Runs the flow, and compares every step and the result.
pub(crate) fn run(vector: &FlowVector) -> Result<(), String> {
    let stage = Arc::new(Mutex::new(Stage::new(vector)?));
    let hosts = (0..vector.policy.hosts).map(|host| Host::start(vector, host, &stage));
    let hosts: Vec<_> = hosts.collect::<Result<_, _>>()?;
    let mut urls = hosts.iter().map(Host::base_url);
    let client = Client::builder()
        .token_source(Tokens(stage.clone()))
        .base_url(urls.next().unwrap_or_default())
        .alternate_base_urls(urls)
        .timeout(Duration::from_millis(vector.policy.timeout_ms))
        .max_retries(vector.policy.delays_ms.len())
        .pacing(false)
        .validate(vector.policy.validate)
        .build()
        .map_err(|error| error.to_string())?;
    let result = vector.call.visit(CallAndCheck {
        client: &client,
        vector,
    })?;
    let stage = stage.lock().map_err(|error| error.to_string())?;
    stage.check()?;
    result
}

struct CallAndCheck<'a> {
    client: &'a Client,
    vector: &'a FlowVector,
}

impl Visitor for CallAndCheck<'_> {
    type Output = Result<(), String>;

    fn visit<I: Interface>(self, call: I, wire: fn(&I::Response) -> Value) -> Self::Output {
        let result = self.client.call(call);
        self.vector
            .result
            .check(&result.map(|response| wire(&response)))
    }
}

/// One of the hosts to which the client sends.
enum Host {
    Server(Server),
    NoListener,
}

impl Host {
    fn start(vector: &FlowVector, host: usize, stage: &Arc<Mutex<Stage>>) -> Result<Self, String> {
        if refuses(vector, host) {
            return Ok(Self::NoListener);
        }
        let stage = stage.clone();
        let server = Server::start(move |request| {
            let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
            stage.receive(host, &request)
        });
        server.map(Self::Server).map_err(|error| error.to_string())
    }

    fn base_url(&self) -> String {
        match self {
            Self::Server(server) => server.base_url(),
            // A free port may be taken by another program. No program listens on port 1.
            Self::NoListener => "http://127.0.0.1:1".to_owned(),
        }
    }
}

/// Returns whether the host refuses the connection in each of its steps.
fn refuses(vector: &FlowVector, host: usize) -> bool {
    let mut causes = list_sends(vector)
        .filter(|send| send.host == host)
        .map(|send| send.failure.as_ref().map(|failure| failure.cause))
        .peekable();
    causes.peek().is_some() && causes.all(|cause| cause == Some(CauseVector::Connect))
}

fn list_sends(vector: &FlowVector) -> impl Iterator<Item = &SendVector> {
    vector.steps.iter().filter_map(|step| match step {
        StepVector::Send(send) => Some(send),
        _ => None,
    })
}

/// The steps that are still expected, and the differences so far.
struct Stage {
    tokens: VecDeque<GetTokenVector>,
    sends: VecDeque<ExpectedSend>,
    answered: Instant,
    differences: Vec<String>,
}

/// An expected request.
struct ExpectedSend {
    send: SendVector,
    /// The minimum time since the previous answer.
    pause: Duration,
}

impl Stage {
    fn new(vector: &FlowVector) -> Result<Self, String> {
        let mut stage = Self {
            tokens: VecDeque::new(),
            sends: VecDeque::new(),
            answered: Instant::now(),
            differences: Vec::new(),
        };
        let mut delays = vector.policy.delays_ms.iter();
        let mut pause = 0;
        for step in &vector.steps {
            match step {
                StepVector::GetToken(step) => stage.tokens.push_back(step.clone()),
                // The client's own delays are random. Only the additional time for WeChat is
                // checked.
                StepVector::Wait(step) => {
                    pause += step.ms.saturating_sub(delays.next().copied().unwrap_or(0));
                }
                StepVector::Send(send) if refuses(vector, send.host) => {}
                StepVector::Send(send) => stage.sends.push_back(ExpectedSend {
                    send: send.clone(),
                    pause: Duration::from_millis(std::mem::take(&mut pause)),
                }),
                StepVector::Reserve(_) => return Err("reserve steps cannot be staged".to_owned()),
            }
        }
        Ok(stage)
    }

    fn receive(&mut self, host: usize, request: &Received) -> Fate {
        let Some(ExpectedSend { send, pause }) = self.sends.pop_front() else {
            self.differences
                .push(format!("unexpected request: {request:?}"));
            return Fate::Close;
        };
        let method = if request.body.is_empty() {
            "GET"
        } else {
            "POST"
        };
        self.compare("host", &send.host, &host);
        self.compare("method", &method, &request.method.as_str());
        self.compare("path", &send.path, &request.path);
        let access_token = request.access_token();
        self.compare("access_token", &send.access_token.as_deref(), &access_token);
        if let Some(body) = &send.body {
            self.compare("body", &body.as_bytes(), &request.body.as_slice());
        }
        let paused = self.answered.elapsed();
        if paused < pause {
            self.differences
                .push(format!("the client waited {paused:?}, not {pause:?}"));
        }
        let fate = decide(&send).unwrap_or_else(|error| {
            self.differences.push(error);
            Fate::Close
        });
        self.answered = Instant::now();
        fate
    }

    fn token(&mut self, rejected: Option<&str>) -> jumpqr::Result<Option<Secret>> {
        let Some(step) = self.tokens.pop_front() else {
            self.differences.push("unexpected token request".to_owned());
            return Ok(None);
        };
        self.compare("rejected", &step.rejected.as_deref(), &rejected);
        match step.error {
            None => Ok(step.token.map(Secret::from)),
            Some(code) => Err(build_token_error(&code)),
        }
    }

    fn compare<T: PartialEq + fmt::Debug>(&mut self, what: &str, expected: &T, found: &T) {
        if expected != found {
            self.differences
                .push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    /// Checks that every step has happened, without differences.
    fn check(&self) -> Result<(), String> {
        if !self.differences.is_empty() {
            return Err(self.differences.join("; "));
        }
        let (tokens, sends) = (self.tokens.len(), self.sends.len());
        if tokens + sends > 0 {
            return Err(format!(
                "missing: {tokens} token requests, {sends} requests"
            ));
        }
        Ok(())
    }
}

fn decide(send: &SendVector) -> Result<Fate, String> {
    if let Some(reply) = &send.reply {
        let reply = reply.reply()?;
        return Ok(Fate::Reply {
            status: reply.status,
            body: reply.body,
        });
    }
    match send.failure.as_ref().map(|failure| failure.cause) {
        Some(CauseVector::ConnectionLost) => Ok(Fate::Close),
        Some(CauseVector::Timeout) => Ok(Fate::Silence),
        Some(CauseVector::BodyTooLarge) => Ok(Fate::Reply {
            status: 200,
            body: vec![b' '; 5 << 20],
        }),
        cause => Err(format!("{cause:?} cannot be staged")),
    }
}

/// Builds the error with which the token source fails.
fn build_token_error(code: &str) -> Error {
    let known = OwnCode::ALL.iter().find(|known| known.name() == code);
    Error::new(*known.unwrap_or(&OwnCode::Internal), "staged")
}

struct Tokens(Arc<Mutex<Stage>>);

impl TokenSource for Tokens {
    fn token(&self, request: &TokenRequest<'_>) -> jumpqr::Result<Option<Secret>> {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stage.token(request.rejected.map(Secret::expose))
    }
}
