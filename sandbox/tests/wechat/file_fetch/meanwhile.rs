//! What happens while the file is fetched.

use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr_sandbox::{COMPONENT_APPID, Effect, Fault, FileFetch, MINI_PROGRAM_APPID, StoredRule};
use serde_json::json;

use super::server::{PLAIN, Server, respond};
use super::{CONTENT, PREFIX, add, directed_to};
use crate::caller::{Caller, errcode, ordinary_rule, read_response, read_to_end};

/// A server that holds each request until it is told to answer with the content.
struct Holding {
    server: Server,
    asked: Receiver<()>,
    go_on: Sender<()>,
}

impl Holding {
    fn start() -> Self {
        let (ask, asked) = channel();
        let (go_on, wait) = channel::<()>();
        let (ask, wait) = (Mutex::new(ask), Mutex::new(wait));
        let server = Server::start(move |_, stream| {
            ask.lock().unwrap().send(()).unwrap();
            if wait.lock().unwrap().recv().is_ok() {
                respond(stream, "200 OK", PLAIN, CONTENT);
            }
        });
        Self {
            server,
            asked,
            go_on,
        }
    }

    /// Adds a rule with this token, and does something while the file is fetched. Returns the
    /// errcode.
    fn add_and_do(&self, caller: &Caller, token: &str, meanwhile: impl FnOnce()) -> i64 {
        thread::scope(|scope| {
            let body = ordinary_rule(PREFIX).to_string();
            let adding = scope.spawn(move || caller.call_now("qrcodejumpadd", token, &body));
            self.asked.recv().unwrap();
            meanwhile();
            self.go_on.send(()).unwrap();
            errcode(&adding.join().unwrap())
        })
    }
}

fn rules(caller: &Caller) -> usize {
    caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap().len()
}

/// Sends a request to add a rule, and does not wait for the response.
fn send_add(caller: &Caller) -> TcpStream {
    let body = ordinary_rule(PREFIX).to_string();
    let headers = format!("Content-Length: {}\r\n", body.len());
    caller.send_raw(&caller.raw_request("qrcodejumpadd", &headers, &body))
}

/// Waits until something is true.
fn wait_until(is_true: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not come"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn other_calls_are_answered() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let token = caller.mini_program_token();
    let code = holding.add_and_do(&caller, token, || {
        let listed = caller.call_as_mini_program("qrcodejumpget", &json!({}));
        assert_eq!(listed["rule_list"], json!([]), "the rule is not there yet");
        let recorded = &caller.get("/sandbox/requests")[0];
        assert_eq!(recorded["errcode"], json!(null), "there is no answer yet");
    });
    assert_eq!((code, rules(&caller)), (0, 1));
}

#[test]
fn a_rule_that_was_added_is_not_added_twice() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let path = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}/rules");
    let rule = json!({"prefix": PREFIX, "path": "pages/other"});
    let code = holding.add_and_do(&caller, caller.mini_program_token(), || {
        caller.sandbox.control("PUT", &path, rule).unwrap();
    });
    assert_eq!(code, 85071);
    let rules: Vec<StoredRule> = caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(rules[0].path, "pages/other");
}

#[test]
fn the_rule_of_an_account_that_was_removed_is_refused() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let path = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}");
    let code = holding.add_and_do(&caller, caller.mini_program_token(), || {
        caller
            .sandbox
            .control("DELETE", &path, json!(null))
            .unwrap();
    });
    assert_eq!(code, 40001);
}

#[test]
fn a_reset_ends_the_call_without_a_rule() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let token = caller.mini_program_token();
    let code = holding.add_and_do(&caller, token, || caller.sandbox.reset());
    assert_eq!((code, rules(&caller)), (40001, 0));
    assert!(caller.sandbox.requests().is_empty());
}

#[test]
fn the_rule_of_a_platform_that_lost_the_authorisation_is_refused() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let platform = format!("/sandbox/platforms/{COMPONENT_APPID}");
    let ticket = caller.sandbox.verify_ticket(COMPONENT_APPID).unwrap();
    let component = caller.post(
        "/cgi-bin/component/api_component_token",
        &json!({
            "component_appid": COMPONENT_APPID,
            "component_appsecret": caller.sandbox.component().secret.expose(),
            "component_verify_ticket": ticket.expose(),
        })
        .to_string(),
    );
    let component = component["component_access_token"].as_str().unwrap();
    let issued = caller.post(
        &format!("/cgi-bin/component/api_authorizer_token?access_token={component}"),
        &json!({
            "component_appid": COMPONENT_APPID,
            "authorizer_appid": MINI_PROGRAM_APPID,
            "authorizer_refresh_token": jumpqr_sandbox::AUTHORIZER_REFRESH_TOKEN,
        })
        .to_string(),
    );
    let token = issued["authorizer_access_token"].as_str().unwrap();
    let merchant = format!("{platform}/authorizers/{MINI_PROGRAM_APPID}");
    let code = holding.add_and_do(&caller, token, || {
        caller
            .sandbox
            .control("DELETE", &merchant, json!(null))
            .unwrap();
    });
    assert_eq!((code, rules(&caller)), (61003, 0));
}

#[test]
fn a_client_that_disconnects_does_not_stop_it() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let stream = send_add(&caller);
    holding.asked.recv().unwrap();
    drop(stream);
    // The server has seen the end of the connection when it answers the next one.
    caller.call_as_mini_program("qrcodejumpget", &json!({}));
    holding.go_on.send(()).unwrap();
    wait_until(|| caller.sandbox.requests()[0].errcode.is_some());
    assert_eq!(caller.sandbox.requests()[0].errcode, Some(0));
    assert_eq!(rules(&caller), 1);
}

#[test]
fn a_sandbox_that_stops_ends_the_fetch() {
    let (end, ended) = channel();
    let (ask, asked) = channel();
    let (ask, end) = (Mutex::new(ask), Mutex::new(end));
    let server = Server::start(move |_, stream| {
        ask.lock().unwrap().send(()).unwrap();
        // Until the client gives up.
        let _ = stream.read(&mut [0]);
        end.lock().unwrap().send(()).unwrap();
    });
    let caller = Caller::new();
    let fetch = FileFetch::default()
        .connect_to([server.address])
        .timeout(Duration::from_secs(60));
    caller
        .sandbox
        .fetch_file(MINI_PROGRAM_APPID, fetch)
        .unwrap();
    let mut stream = send_add(&caller);
    asked.recv().unwrap();
    caller.sandbox.stop();
    ended.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(read_to_end(&mut stream).0, b"");
}

#[test]
fn a_fault_may_hide_the_answer() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    caller
        .sandbox
        .inject(Fault::new(Effect::Html).after_applying())
        .unwrap();
    let mut stream = send_add(&caller);
    holding.asked.recv().unwrap();
    holding.go_on.send(()).unwrap();
    let (head, _) = read_response(&mut stream);
    assert!(head.contains("text/html"), "{head}");
    assert_eq!(rules(&caller), 1, "the call is applied first");
    assert_eq!(caller.sandbox.requests()[0].errcode, None);
}

#[test]
fn each_fetch_has_the_timeout_that_was_set_when_it_began() {
    let holding = Holding::start();
    let caller = directed_to(&holding.server);
    let set_timeout = |ms| {
        let fetch = FileFetch::default().connect_to([holding.server.address]);
        let fetch = fetch.timeout(Duration::from_millis(ms));
        caller
            .sandbox
            .fetch_file(MINI_PROGRAM_APPID, fetch)
            .unwrap();
    };
    set_timeout(60_000);
    let mut patient = send_add(&caller);
    holding.asked.recv().unwrap();
    set_timeout(200);
    let other = "http://m.example.cn/other/";
    assert_eq!(add(&caller, other), (85069, Some("too_slow")));
    assert_eq!(caller.sandbox.requests()[0].errcode, None);
    holding.go_on.send(()).unwrap();
    read_response(&mut patient);
    assert_eq!(caller.sandbox.requests()[0].errcode, Some(0));
}
