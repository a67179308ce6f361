//! The target `exchange`: calls on one connection to a hostile server, compared with what
//! ureq-proto reads.

mod model;
mod request_head;
mod script;
mod server;

pub use request_head::request_head;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::time::Duration;

use jumpqr::transport::{Advance, HttpRequest, HttpTransport, InFlight, Transport};
use jumpqr::{Cancel, Settings};
use jumpqr_core::Secret;
use jumpqr_core::call::{SendFailure, SendRequest};
use jumpqr_core::interface::{DownloadQRCodeText, Interface, Token};
use jumpqr_core::request::{Method, Request};
use jumpqr_core::response::Response;

use self::model::{Connection, Expected, Failure};
use self::script::{Event, Plan, Script};
use self::server::Server;

/// The most calls on a connection.
const MAX_CALLS: usize = 8;

const BASE_URL: &str = "http://127.0.0.1:0";

/// The limits of a body, in bytes.
const BODY_LIMITS: [usize; 4] = [2, 40, 1000, 200_000];

thread_local! {
    static TRANSPORTS: [HttpTransport; 4] = BODY_LIMITS.map(new_transport);
}

fn new_transport(body_limit: usize) -> HttpTransport {
    let mut settings = Settings::default();
    settings.body_limit = u64::try_from(body_limit).ok();
    HttpTransport::new(&settings).unwrap_or_else(|error| panic!("{error}"))
}

/// The input is a script of what the server does, see `script.rs`. It runs twice: with calls that
/// wait, and with calls in flight.
pub fn exchange(input: &[u8]) {
    let Some(script) = Script::parse(input) else {
        return;
    };
    TRANSPORTS.with(|transports| {
        let limits = BODY_LIMITS.iter().zip(transports).cycle();
        for (body_limit, transport) in limits.skip(script.limit).take(1) {
            for plan in [None, Some(script.plan)] {
                let run = Run::start(transport, &script, plan);
                run.make_calls(Connection::new(script.events.clone(), *body_limit));
            }
        }
    });
}

/// The calls on a connection.
struct Run<'a> {
    transport: &'a HttpTransport,
    script: &'a Script,
    /// `None` if the calls wait.
    plan: Option<Plan>,
    server: Server,
}

/// One call's request.
struct Content {
    request: Request,
    token: Option<Secret>,
    /// What its request line must have.
    mark: String,
}

impl Content {
    /// Makes the request of a call, alternately with and without a body.
    fn new(number: usize) -> Self {
        let mark = format!("T{number}");
        let (request, token) = if number.is_multiple_of(2) {
            (
                DownloadQRCodeText.request(),
                Some(Secret::new(mark.clone())),
            )
        } else {
            let token = Token {
                appid: "wx1".to_owned(),
                secret: Secret::new(mark.clone()),
            };
            (token.request(), None)
        };
        let request = request.unwrap_or_else(|error| panic!("{error}"));
        Self {
            request,
            token,
            mark,
        }
    }

    fn http_request<'a>(&'a self, cancel: &'a Cancel) -> HttpRequest<'a> {
        let send = SendRequest {
            request: &self.request,
            access_token: self.token.as_ref(),
            host: 0,
            timeout: Duration::from_secs(3600),
        };
        HttpRequest::for_test(send, BASE_URL, cancel)
    }

    fn has_body(&self) -> bool {
        self.request.method == Method::Post
    }
}

impl<'a> Run<'a> {
    fn start(transport: &'a HttpTransport, script: &'a Script, plan: Option<Plan>) -> Self {
        let server = connect(transport, BASE_URL, script.events.clone());
        Self {
            transport,
            script,
            plan,
            server,
        }
    }

    /// Makes calls as long as the connection may be used.
    fn make_calls(&self, mut connection: Connection) {
        for number in 0..MAX_CALLS {
            let content = Content::new(number);
            let expected = connection.next_call(content.has_body());
            let length = expected.as_ref().and_then(Expected::length);
            unwrap_io(self.server.prepare(length));
            let Some(expected) = expected else {
                self.check_not_used(&content);
                return;
            };
            // A connection that was used without waiting must wait again.
            let plan = self.plan.filter(|_| number % 3 < 2);
            let is_dropped = !self.make_call(&content, plan, &expected);
            self.check_request(&content);
            // What else has arrived stays in the connection's buffer.
            let is_kept = length == Some(self.server.sent()) && !expected.must_close();
            if is_dropped || !is_kept {
                assert!(self.server.is_closed_by_client(), "{self:?}: it is open");
                self.check_not_used(&content);
                return;
            }
            assert!(!self.server.is_closed_by_client(), "{self:?}: it is closed");
        }
        unwrap_io(self.server.close());
        self.check_not_used(&Content::new(MAX_CALLS));
    }

    /// Checks that no call is made on the connection.
    fn check_not_used(&self, content: &Content) {
        let cancel = Cancel::default();
        let begun = self.transport.begin(&content.http_request(&cancel));
        assert!(begun.is_none(), "{self:?}: the connection is used");
        let request = unwrap_io(self.server.take_request());
        assert!(request.is_empty(), "{self:?}: a request is sent");
        assert!(self.server.is_closed_by_client(), "{self:?}: it is open");
    }

    /// Checks that the call has sent its request, and only this, before its response arrived.
    fn check_request(&self, content: &Content) {
        let request = unwrap_io(self.server.take_request());
        let text = String::from_utf8_lossy(&request);
        let line = text.lines().next().unwrap_or_default();
        let (method, end) = match content.request.method {
            Method::Get => ("GET /", "\r\n\r\n"),
            Method::Post => ("POST /", "\r\n\r\n{}"),
        };
        let is_right = line.starts_with(method)
            && line.ends_with(&format!("={} HTTP/1.1", content.mark))
            && text.ends_with(end)
            && text.matches(" HTTP/1.1\r\n").count() == 1;
        assert!(is_right, "{self:?}: {text:?}");
        if let Some(mistake) = self.server.mistake() {
            panic!("{self:?}: {mistake}");
        }
    }

    /// Makes a call, and checks its result. Returns `false` if it was dropped before its end.
    fn make_call(&self, content: &Content, plan: Option<Plan>, expected: &Expected) -> bool {
        let cancel = Cancel::default();
        let request = content.http_request(&cancel);
        let result = match plan {
            None => {
                let sent = self.transport.send(&request);
                Some(sent.map_err(|failure| read(&failure)))
            }
            Some(plan) => {
                let begun = self.transport.begin(&request);
                match begun.unwrap_or_else(|| panic!("{self:?}: the connection is not used")) {
                    Ok(in_flight) => self.await_response(in_flight, plan, &cancel),
                    Err(failure) => panic!("{self:?}: {failure:?}"),
                }
            }
        };
        if let Some(result) = &result {
            let is_right = match (result, expected) {
                (Ok(found), Expected::Response(expected)) => {
                    (found.status, &found.body) == (expected.status, &expected.body)
                }
                (Err(found), Expected::Failure(expected)) => expected.contains(found),
                _ => false,
            };
            assert!(is_right, "{self:?}: {result:?} instead of {expected:?}");
        }
        result.is_some()
    }

    /// Returns the result of a call in flight; `None` if it was dropped before its end.
    fn await_response(
        &self,
        mut in_flight: Box<dyn InFlight>,
        plan: Plan,
        cancel: &Cancel,
    ) -> Option<Result<Response, Failure>> {
        for pending in 0.. {
            match plan {
                Plan::FinishAfter(times) if pending >= times => break,
                Plan::DropAfter(times) if pending >= times => return None,
                _ => {}
            }
            match in_flight.advance() {
                Advance::Done(result) => return Some(result.map_err(|failure| read(&failure))),
                Advance::MustWait => break,
                // Nothing ends this wait but the timeout.
                Advance::Pending if self.server.is_silent() => {
                    return Some(Err(Failure::TimedOut));
                }
                Advance::Pending => {}
            }
        }
        let result = in_flight.finish(cancel);
        Some(result.map_err(|failure| read(&failure)))
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan.as_ref();
        write!(f, "{:?} with the plan {plan:?}", self.script.events)
    }
}

/// Puts a connection into the pool, and returns its server.
fn connect(transport: &HttpTransport, base_url: &str, events: VecDeque<Event>) -> Server {
    let (server, stream) = unwrap_io(Server::start(events));
    let hooked = server.clone();
    let before_wait = Box::new(move |room, is_waiting| hooked.serve(room, is_waiting));
    transport.put_connection(base_url, stream, before_wait);
    server
}

fn unwrap_io<T>(result: io::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("the socket fails: {error}"))
}

fn read(failure: &SendFailure) -> Failure {
    Failure::read(failure).unwrap_or_else(|| panic!("no call should fail with {failure:?}"))
}
