//! One flow: a scripted server, a scripted token source, and what did not go as the script says.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::interface::Interface;
use jumpqr::token::{TokenRequest, TokenSource};
use jumpqr::{Client, Error, Secret};
use jumpqr_tests::flows::{CauseVector, FlowVector, GetTokenVector, SendVector, StepVector};
use jumpqr_tests::{Visitor, Wire};

use crate::server::{Fate, Received, Server};

/// Plays the flow, and compares everything.
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

    fn visit<I: Interface<Response: Wire>>(self, call: I) -> Self::Output {
        self.vector.result.check(&self.client.call(call))
    }
}

/// Where the requests to one of the hosts go.
enum Host {
    Serving(Server),
    Nobody,
}

impl Host {
    fn start(vector: &FlowVector, host: usize, stage: &Arc<Mutex<Stage>>) -> Result<Self, String> {
        if refuses(vector, host) {
            return Ok(Self::Nobody);
        }
        let stage = stage.clone();
        let server = Server::start(move |request| {
            let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
            stage.receive(host, &request)
        });
        server.map(Self::Serving).map_err(|error| error.to_string())
    }

    fn base_url(&self) -> String {
        match self {
            Self::Serving(server) => server.base_url(),
            // A port that was free a moment ago may be another's by now; on this one nobody listens.
            Self::Nobody => "http://127.0.0.1:1".to_owned(),
        }
    }
}

/// Whether the host refuses connections, in each of its steps.
fn refuses(vector: &FlowVector, host: usize) -> bool {
    let mut causes = sends(vector)
        .filter(|send| send.host == host)
        .map(|send| send.failure.as_ref().map(|failure| failure.cause))
        .peekable();
    causes.peek().is_some() && causes.all(|cause| cause == Some(CauseVector::Connect))
}

fn sends(vector: &FlowVector) -> impl Iterator<Item = &SendVector> {
    vector.steps.iter().filter_map(|step| match step {
        StepVector::Send(send) => Some(send),
        _ => None,
    })
}

/// What is still to come, and what did not come so.
struct Stage {
    tokens: VecDeque<GetTokenVector>,
    sends: VecDeque<Sending>,
    answered: Instant,
    wrong: Vec<String>,
}

/// A request that is to come.
struct Sending {
    send: SendVector,
    /// How long after the answer before, at least.
    pause: Duration,
}

impl Stage {
    fn new(vector: &FlowVector) -> Result<Self, String> {
        let mut stage = Self {
            tokens: VecDeque::new(),
            sends: VecDeque::new(),
            answered: Instant::now(),
            wrong: Vec::new(),
        };
        let mut delays = vector.policy.delays_ms.iter();
        let mut pause = 0;
        for step in &vector.steps {
            match step {
                StepVector::GetToken(step) => stage.tokens.push_back(step.clone()),
                // The client's own delays are random; what is longer is WeChat's.
                StepVector::Wait(step) => {
                    pause += step.ms.saturating_sub(delays.next().copied().unwrap_or(0));
                }
                StepVector::Send(send) if refuses(vector, send.host) => {}
                StepVector::Send(send) => stage.sends.push_back(Sending {
                    send: send.clone(),
                    pause: Duration::from_millis(std::mem::take(&mut pause)),
                }),
                StepVector::Reserve(_) => return Err("the pacer is not staged".to_owned()),
            }
        }
        Ok(stage)
    }

    fn receive(&mut self, host: usize, request: &Received) -> Fate {
        let Some(Sending { send, pause }) = self.sends.pop_front() else {
            self.wrong.push(format!("a request too many: {request:?}"));
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
            self.wrong
                .push(format!("it waited {paused:?}, not {pause:?}"));
        }
        let fate = fate(&send).unwrap_or_else(|wrong| {
            self.wrong.push(wrong);
            Fate::Close
        });
        self.answered = Instant::now();
        fate
    }

    fn token(&mut self, rejected: Option<&str>) -> jumpqr::Result<Option<Secret>> {
        let Some(step) = self.tokens.pop_front() else {
            self.wrong.push("a token too many was asked for".to_owned());
            return Ok(None);
        };
        self.compare("rejected", &step.rejected.as_deref(), &rejected);
        match step.error {
            None => Ok(step.token.map(Secret::from)),
            Some(code) => Err(staged_error(&code)),
        }
    }

    fn compare<T: PartialEq + fmt::Debug>(&mut self, what: &str, expected: &T, found: &T) {
        if expected != found {
            self.wrong
                .push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    /// Whether all of it came as it should.
    fn check(&self) -> Result<(), String> {
        let left = (self.tokens.len(), self.sends.len());
        match (self.wrong.as_slice(), left) {
            ([], (0, 0)) => Ok(()),
            ([], (tokens, sends)) => Err(format!(
                "{tokens} tokens were not asked for, {sends} requests not sent"
            )),
            (wrong, _) => Err(wrong.join("; ")),
        }
    }
}

fn fate(send: &SendVector) -> Result<Fate, String> {
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
        cause => Err(format!("{cause:?} is not staged")),
    }
}

/// The error with which the token source fails.
fn staged_error(code: &str) -> Error {
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
