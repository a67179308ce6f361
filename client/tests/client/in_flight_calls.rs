//! The calls of an event loop.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jumpqr::binding::{CallId, InFlightCalls, UnfinishedCall, WentOn};
use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::error::OwnCode;
use jumpqr::interface::{AddJumpQRCode, Confirmation};
use jumpqr::response::Response;
use jumpqr::store::{DirectoryStore, MemoryStore, TokenStore};
use jumpqr::transport::{Advance, HttpRequest, InFlight, Transport};
use jumpqr::{Cancel, Client, ClientBuilder, Edit, Outcome};
use jumpqr_sandbox::MINI_PROGRAM_APPID;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tempfile::TempDir;

use crate::fake::{ADD, GET, ManualClock, rule};
use crate::pushing::{EPOCH, handle, receiving, unauthorized, valid_ticket};

const OK: &str = r#"{"errcode":0,"errmsg":"ok"}"#;
const NO_RULES: &str = r#"{"errcode":0,"errmsg":"ok","rule_list":[],"list_size":0}"#;
const HOUR: Duration = Duration::from_secs(3600);

/// A transport whose responses are lines that the test writes.
#[derive(Debug, Default)]
struct Lines {
    /// The server's ends of the idle connections.
    idle: Mutex<VecDeque<UnixStream>>,
    /// The paths of the requests that were sent without waiting.
    begun: Mutex<Vec<String>>,
    /// The client's ends of connections whose response was taken.
    kept: Arc<Mutex<Vec<UnixStream>>>,
    /// The server's ends of the connections in flight.
    in_flight: Mutex<Vec<UnixStream>>,
    /// The paths of the requests that were sent by a thread that waits, and their responses.
    sent: Mutex<Vec<String>>,
    responses: Mutex<VecDeque<Response>>,
}

/// One request in flight.
#[derive(Debug)]
struct Line {
    connection: Option<UnixStream>,
    kept: Arc<Mutex<Vec<UnixStream>>>,
    received: Vec<u8>,
    deadline: Instant,
}

impl Lines {
    /// Makes a transport on which so many requests can be begun.
    fn with_connections(count: usize) -> Arc<Self> {
        let lines = Self::default();
        for _ in 0..count {
            let (server, client) = UnixStream::pair().unwrap();
            lines.idle.lock().unwrap().push_back(client);
            lines.in_flight.lock().unwrap().push(server);
        }
        Arc::new(lines)
    }

    /// Writes to the connection that was begun first, second …
    fn write(&self, index: usize, text: &str) {
        let mut connections = self.in_flight.lock().unwrap();
        connections[index].write_all(text.as_bytes()).unwrap();
    }

    /// Lets the connections that were kept be used again.
    fn reuse(&self) {
        let mut kept = self.kept.lock().unwrap();
        self.idle.lock().unwrap().extend(kept.drain(..));
    }

    fn answer_next(&self, response: &str) {
        self.responses
            .lock()
            .unwrap()
            .push_back(Response::ok(response));
    }

    fn begun(&self) -> Vec<String> {
        self.begun.lock().unwrap().clone()
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }

    /// Returns whether the client has closed the connection.
    fn is_closed(&self, index: usize) -> bool {
        let mut connections = self.in_flight.lock().unwrap();
        connections[index].set_nonblocking(true).unwrap();
        connections[index]
            .read(&mut [0])
            .is_ok_and(|amount| amount == 0)
    }
}

impl Transport for Lines {
    fn send(&self, request: &HttpRequest<'_>) -> Result<Response, SendFailure> {
        self.sent
            .lock()
            .unwrap()
            .push(request.content.path().to_owned());
        Ok(self.responses.lock().unwrap().pop_front().unwrap())
    }

    fn begin(&self, request: &HttpRequest<'_>) -> Option<Result<Box<dyn InFlight>, SendFailure>> {
        let connection = self.idle.lock().unwrap().pop_front()?;
        connection.set_nonblocking(true).unwrap();
        self.begun
            .lock()
            .unwrap()
            .push(request.content.path().to_owned());
        Some(Ok(Box::new(Line {
            connection: Some(connection),
            kept: self.kept.clone(),
            received: Vec::new(),
            deadline: Instant::now() + request.timeout,
        })))
    }
}

impl InFlight for Line {
    fn socket(&self) -> BorrowedFd<'_> {
        self.connection.as_ref().unwrap().as_fd()
    }

    fn deadline(&self) -> Instant {
        self.deadline
    }

    fn advance(&mut self) -> Advance {
        let mut buffer = [0; 256];
        match self.connection.as_ref().unwrap().read(&mut buffer) {
            Ok(amount) => self.received.extend_from_slice(&buffer[..amount]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        if self.received.starts_with(b"unusual") {
            return Advance::MustWait;
        }
        match self.received.strip_suffix(b"\n") {
            Some(line) => {
                self.kept.lock().unwrap().extend(self.connection.take());
                Advance::Done(Ok(Response::ok(line)))
            }
            None if Instant::now() >= self.deadline => Advance::Done(Err(
                SendFailure::after_sending(FailureCause::Timeout, "too slow"),
            )),
            None => Advance::Pending,
        }
    }

    fn finish(self: Box<Self>, _: &Cancel) -> Result<Response, SendFailure> {
        Ok(Response::ok(OK))
    }
}

fn builder(lines: &Arc<Lines>) -> ClientBuilder {
    settings(lines).access_token("T")
}

fn settings(lines: &Arc<Lines>) -> ClientBuilder {
    Client::builder()
        .transport(lines.clone())
        .clock(Arc::new(ManualClock::default()))
        .pacing(false)
}

fn client(lines: &Arc<Lines>) -> Client {
    builder(lines).build().unwrap()
}

fn calls() -> InFlightCalls<Confirmation> {
    InFlightCalls::new().unwrap()
}

fn add() -> AddJumpQRCode {
    AddJumpQRCode {
        rule: rule().into(),
        is_edit: Edit::Add,
    }
}

/// Begins a call outside of any set.
fn go_on(client: &Client) -> WentOn<Confirmation> {
    UnfinishedCall::new(client, add(), Ok).unwrap().go_on()
}

fn watch(calls: &mut InFlightCalls<Confirmation>, went_on: WentOn<Confirmation>) -> CallId {
    match went_on {
        WentOn::InFlight(call) => calls.add(call).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn begin(calls: &mut InFlightCalls<Confirmation>, client: &Client) -> CallId {
    watch(calls, go_on(client))
}

/// Returns whether the event loop would be woken.
fn is_readable(calls: &InFlightCalls<Confirmation>) -> bool {
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(
        &mut [PollFd::new(&calls.descriptor(), PollFlags::IN)],
        Some(&at_once),
    )
    .unwrap()
        > 0
}

/// Goes on with the calls that can, until one is done or must wait.
fn next_ended(calls: &mut InFlightCalls<Confirmation>) -> Option<(CallId, WentOn<Confirmation>)> {
    while let Some(id) = calls.next_ready() {
        match calls.remove(id).unwrap().go_on() {
            WentOn::InFlight(call) => drop(calls.add(call).unwrap()),
            ended => return Some((id, ended)),
        }
    }
    None
}

/// Does what an event loop does once the descriptor is readable.
fn woken(calls: &mut InFlightCalls<Confirmation>) -> Option<(CallId, WentOn<Confirmation>)> {
    assert!(is_readable(calls));
    calls.look().unwrap();
    next_ended(calls)
}

fn must_wait(went_on: WentOn<Confirmation>) -> UnfinishedCall<Confirmation> {
    match went_on {
        WentOn::MustWait(call) => call,
        other => panic!("{other:?}"),
    }
}

fn finish(call: UnfinishedCall<Confirmation>) -> jumpqr::Result<Confirmation> {
    call.finish(Duration::ZERO, &Cancel::default())
}

#[test]
fn a_call_ends_once_its_whole_response_has_arrived() {
    let lines = Lines::with_connections(1);
    let (client, mut calls) = (client(&lines), calls());
    begin(&mut calls, &client);
    assert_eq!(lines.begun(), [ADD]);
    assert!(!is_readable(&calls));

    let (first, rest) = OK.split_at(10);
    lines.write(0, first);
    assert!(woken(&mut calls).is_none());
    assert!(!is_readable(&calls), "what was taken wakes nobody");

    lines.write(0, &format!("{rest}\n"));
    let (id, ended) = woken(&mut calls).unwrap();
    assert!(
        matches!(ended, WentOn::Done(Ok(Confirmation::Answered))),
        "{ended:?}"
    );
    assert!(next_ended(&mut calls).is_none());
    assert!(calls.remove(id).is_none());
}

#[test]
fn each_response_goes_to_its_own_call() {
    let lines = Lines::with_connections(3);
    let (client, mut calls) = (client(&lines), calls());
    let ids = [(); 3].map(|()| begin(&mut calls, &client));
    lines.write(2, &format!("{OK}\n"));
    lines.write(0, "{\"errcode\":85066,\"errmsg\":\"link error\"}\n");
    calls.look().unwrap();
    let mut ended: Vec<_> = std::iter::from_fn(|| next_ended(&mut calls)).collect();
    ended.sort_by_key(|(id, _)| *id != ids[0]);
    let [(first, refused), (last, done)] = ended.try_into().unwrap();
    assert_eq!([first, last], [ids[0], ids[2]]);
    match refused {
        WentOn::Done(Err(error)) => assert_eq!(error.errcode(), Some(85066)),
        other => panic!("{other:?}"),
    }
    assert!(matches!(done, WentOn::Done(Ok(_))), "{done:?}");
    assert!(calls.remove(ids[1]).is_some());
}

#[test]
fn the_name_of_a_call_that_has_ended_names_no_other_call() {
    let lines = Lines::with_connections(2);
    let (client, mut calls) = (client(&lines), calls());
    let first = begin(&mut calls, &client);
    lines.write(0, &format!("{OK}\n"));
    woken(&mut calls).unwrap();
    let second = begin(&mut calls, &client);
    assert_ne!(first, second);
    assert!(calls.remove(first).is_none());
    assert!(calls.remove(second).is_some());
}

#[test]
fn a_call_that_was_removed_can_be_added_again() {
    let lines = Lines::with_connections(1);
    let (client, mut calls) = (client(&lines), calls());
    let id = begin(&mut calls, &client);

    let (first, rest) = OK.split_at(10);
    lines.write(0, first);
    calls.look().unwrap();
    assert_eq!((calls.next_ready(), calls.next_ready()), (Some(id), None));
    calls.look().unwrap();
    calls.time_out(Instant::now() + 24 * HOUR);
    assert_eq!(calls.next_ready(), None, "it is watched no longer");
    let call = calls.remove(id).unwrap();
    assert!(calls.remove(id).is_none());

    let id = watch(&mut calls, call.go_on());
    lines.write(0, &format!("{rest}\n"));
    calls.look().unwrap();
    assert_eq!(calls.next_ready(), Some(id));
    let call = calls.remove(id).unwrap();
    assert!(matches!(call.go_on(), WentOn::Done(Ok(_))));
}

#[test]
fn an_idle_connection_wakes_nobody_until_its_next_request() {
    let lines = Lines::with_connections(1);
    let (client, mut calls) = (client(&lines), calls());
    begin(&mut calls, &client);
    lines.write(0, &format!("{OK}\n"));
    assert!(matches!(woken(&mut calls), Some((_, WentOn::Done(Ok(_))))));

    let (first, rest) = OK.split_at(10);
    lines.write(0, first);
    assert!(!is_readable(&calls));
    lines.reuse();
    begin(&mut calls, &client);
    assert!(woken(&mut calls).is_none());
    lines.write(0, &format!("{rest}\n"));
    assert!(matches!(woken(&mut calls), Some((_, WentOn::Done(Ok(_))))));
}

#[test]
fn the_response_of_a_removed_call_wakes_nobody() {
    let lines = Lines::with_connections(1);
    let (client, mut calls) = (client(&lines), calls());
    let id = begin(&mut calls, &client);
    let call = calls.remove(id).unwrap();
    lines.write(0, &format!("{OK}\n"));
    assert!(!is_readable(&calls));
    assert!(matches!(call.go_on(), WentOn::Done(Ok(_))));
}

#[test]
fn a_call_without_a_request_in_flight_cannot_be_watched() {
    let lines = Lines::with_connections(1);
    let mut calls = calls();
    let call = UnfinishedCall::new(&client(&lines), add(), Ok).unwrap();
    let call = calls.add(call).unwrap_err();
    assert!(lines.begun().is_empty());
    lines.answer_next(OK);
    assert!(matches!(finish(call), Ok(Confirmation::Answered)));
}

#[test]
fn a_call_that_needs_several_requests_stays_on_the_loop() {
    let lines = Lines::with_connections(2);
    let (client, mut calls) = (client(&lines), calls());
    begin(&mut calls, &client);
    // The outcome is unknown, so the change is read back.
    lines.write(0, "{\"errcode\":-1,\"errmsg\":\"system error\"}\n");
    assert!(woken(&mut calls).is_none());
    assert_eq!(lines.begun(), [ADD, GET]);
    lines.write(1, &format!("{NO_RULES}\n"));
    // It is sent again after a delay.
    let call = must_wait(woken(&mut calls).unwrap().1);
    lines.answer_next(OK);
    assert_eq!(finish(call).unwrap(), Confirmation::Answered);
    assert_eq!(lines.sent(), [ADD]);
}

#[test]
fn without_an_idle_connection_the_call_is_finished_on_a_thread() {
    let lines = Lines::with_connections(0);
    let call = must_wait(go_on(&client(&lines)));
    lines.answer_next(OK);
    let finished = std::thread::spawn(move || finish(call)).join().unwrap();
    assert_eq!(finished.unwrap(), Confirmation::Answered);
    assert_eq!(
        (lines.begun(), lines.sent()),
        (vec![], vec![ADD.to_owned()])
    );
}

#[test]
fn an_unusual_response_is_finished_on_a_thread() {
    let lines = Lines::with_connections(1);
    let (client, mut calls) = (client(&lines), calls());
    begin(&mut calls, &client);
    lines.write(0, "unusual");
    let call = must_wait(woken(&mut calls).unwrap().1);
    assert_eq!(finish(call).unwrap(), Confirmation::Answered);
    assert!(lines.sent().is_empty(), "nothing is sent twice");
}

#[test]
fn a_token_function_is_never_called_on_the_loop() {
    let lines = Lines::with_connections(1);
    let asking_thread = Arc::new(Mutex::new(None));
    let asked_on = asking_thread.clone();
    let client = Client::builder()
        .transport(lines.clone())
        .token_function(move |_| {
            *asked_on.lock().unwrap() = Some(std::thread::current().id());
            Ok("T".into())
        })
        .build()
        .unwrap();
    let call = must_wait(go_on(&client));
    assert!(asking_thread.lock().unwrap().is_none());
    lines.answer_next(OK);
    let thread = std::thread::spawn(move || finish(call));
    let id = thread.thread().id();
    thread.join().unwrap().unwrap();
    assert_eq!(*asking_thread.lock().unwrap(), Some(id));
}

#[test]
fn a_call_that_waits_for_its_slot_is_finished_on_a_thread() {
    let lines = Lines::with_connections(6);
    let client = builder(&lines).pacing(true).build().unwrap();
    let mut calls = calls();
    for _ in 0..5 {
        begin(&mut calls, &client);
    }
    let call = must_wait(go_on(&client));
    lines.answer_next(OK);
    finish(call).unwrap();
}

/// Builds a client whose token is cached and whose store may share the pace.
fn client_with_store(lines: &Arc<Lines>, store: Arc<dyn TokenStore>, pacing: bool) -> Client {
    let client = Client::builder()
        .app("wx1234567890abcdef", "APPSECRET")
        .token_store(store)
        .transport(lines.clone())
        .pacing(pacing)
        .build()
        .unwrap();
    lines.answer_next(r#"{"access_token":"T","expires_in":7200}"#);
    lines.answer_next(OK);
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    client
}

#[test]
fn a_shared_pace_is_asked_on_a_thread_if_the_store_could_block() {
    let folder = tempfile::tempdir().unwrap();
    let paces = |folder: &TempDir| {
        let path = folder.path().join("tokens/pace-wx1234567890abcdef.lock");
        std::fs::read_to_string(path).unwrap()
    };
    let store = Arc::new(DirectoryStore::open(folder.path().join("tokens")).unwrap());
    let lines = Lines::with_connections(2);
    let client = client_with_store(&lines, store.clone(), true);
    let before = paces(&folder);
    let call = must_wait(go_on(&client));
    assert_eq!(paces(&folder), before, "the loop does not ask");
    lines.answer_next(OK);
    finish(call).unwrap();
    assert_ne!(paces(&folder), before);

    let mut calls = calls();
    let folder = tempfile::tempdir().unwrap();
    let other = Arc::new(DirectoryStore::open(folder.path().join("tokens")).unwrap());
    begin(&mut calls, &client_with_store(&lines, other, false));
    let memory = Arc::new(MemoryStore::default());
    begin(&mut calls, &client_with_store(&lines, memory, true));
}

#[test]
fn the_slot_of_a_call_that_is_dropped_in_flight_stays_used() {
    let lines = Lines::with_connections(6);
    let client = builder(&lines).pacing(true).build().unwrap();
    let mut calls = calls();
    for _ in 0..5 {
        begin(&mut calls, &client);
    }
    drop(calls);
    must_wait(go_on(&client));
    assert_eq!(lines.begun(), [ADD; 5]);
}

#[test]
fn a_call_that_waited_too_long_for_a_thread_is_not_sent() {
    let lines = Lines::with_connections(0);
    let client = builder(&lines)
        .queue_timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    for (waited, code) in [(5, Some(OwnCode::PacedOut)), (4, None)] {
        let call = must_wait(go_on(&client));
        lines.answer_next(OK);
        let result = call.finish(Duration::from_secs(waited), &Cancel::default());
        match (result, code) {
            (Ok(_), None) => {}
            (Err(error), Some(code)) => assert_eq!(error.code(), code),
            (other, _) => panic!("{other:?}"),
        }
    }
    assert_eq!(lines.sent(), [ADD]);
}

#[test]
fn a_request_out_of_time_goes_on_when_the_timer_goes_off() {
    let lines = Lines::with_connections(2);
    let client = builder(&lines)
        .timeout(Duration::from_millis(40))
        .build()
        .unwrap();
    let mut calls = calls();
    assert_eq!(calls.timer_to_set(), None);
    let id = begin(&mut calls, &client);
    let timer = calls.timer_to_set().unwrap();
    assert!(timer <= Instant::now() + Duration::from_millis(40));
    assert_eq!(calls.timer_to_set(), None, "it is set once");
    let patient = client.with_timeout(HOUR).unwrap();
    begin(&mut calls, &patient);
    assert_eq!(
        calls.timer_to_set(),
        None,
        "a later deadline needs no other timer"
    );

    std::thread::sleep(timer.saturating_duration_since(Instant::now()));
    calls.time_out(timer);
    // The write may have been applied, so the call reads it back, and needs a connection.
    let (ended, went_on) = next_ended(&mut calls).unwrap();
    assert_eq!(ended, id);
    drop(must_wait(went_on));
    assert!(lines.is_closed(0));
    assert!(calls.timer_to_set().unwrap() > timer + HOUR / 2);
}

#[test]
fn a_cancelled_call_closes_its_connection_and_its_outcome_is_unknown() {
    let lines = Lines::with_connections(1);
    let (client, mut calls) = (client(&lines), calls());
    let id = begin(&mut calls, &client);
    let error = calls.remove(id).unwrap().cancel().unwrap_err();
    assert_eq!(error.code(), OwnCode::Cancelled);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(lines.is_closed(0));
    assert_eq!(lines.begun(), [ADD], "nothing is read back");
}

#[test]
fn a_call_that_is_cancelled_before_its_thread_begins_sends_nothing() {
    let lines = Lines::with_connections(0);
    let call = must_wait(go_on(&client(&lines)));
    let cancel = Cancel::default();
    cancel.cancel();
    let error = call.finish(Duration::ZERO, &cancel).unwrap_err();
    assert_eq!(error.code(), OwnCode::Cancelled);
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert!(lines.sent().is_empty());
}

#[test]
fn a_call_by_name_gives_the_serialised_result() {
    let lines = Lines::with_connections(1);
    let client = client(&lines);
    let named = |name| UnfinishedCall::named(&client, name, serde_json::json!({}), Ok);
    let call = match named("downloadQRCodeText").unwrap().go_on() {
        WentOn::InFlight(call) => call,
        other => panic!("{other:?}"),
    };
    lines.write(
        0,
        "{\"errcode\":0,\"file_name\":\"f.txt\",\"file_content\":\"c\"}\n",
    );
    match call.go_on() {
        WentOn::Done(Ok(file)) => assert_eq!(file["file_name"], "f.txt"),
        other => panic!("{other:?}"),
    }
    assert!(named("noSuchInterface").is_err());
}

#[test]
fn a_call_that_is_refused_as_not_authorised_looks_into_the_store_on_a_thread() {
    let lines = Lines::with_connections(2);
    let store = Arc::<MemoryStore>::default();
    let platform = |lines| receiving(settings(lines).token_store(store.clone()));
    let platforms = [platform(&lines), platform(&Lines::with_connections(0))];
    let _ = handle(&platforms[0], &valid_ticket()).unwrap();
    platforms[0]
        .set_authorizer_refresh_token(MINI_PROGRAM_APPID, "refreshtoken@@@R")
        .unwrap();
    let client = platforms[0].merchant(MINI_PROGRAM_APPID).unwrap();
    lines.answer_next(r#"{"component_access_token":"C","expires_in":7200}"#);
    lines.answer_next(r#"{"authorizer_access_token":"A","expires_in":7200}"#);
    lines.answer_next(NO_RULES);
    assert_eq!(client.rules().count(), 0);

    let _ = handle(&platforms[1], &unauthorized(EPOCH)).unwrap();
    let mut calls = calls();
    begin(&mut calls, &client);
    lines.write(
        0,
        "{\"errcode\":61003,\"errmsg\":\"component is not authorized\"}\n",
    );
    let (_, ended) = woken(&mut calls).unwrap();
    let error = finish(must_wait(ended)).unwrap_err();
    assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
    // The token is not used again.
    let error = finish(must_wait(go_on(&client))).unwrap_err();
    assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
    assert_eq!((lines.begun().len(), lines.sent().len()), (1, 3));
}
