//! The sandbox pushes to a platform's own server, encrypted, as WeChat does.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Channel, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use form_urlencoded::Serializer;
use jumpqr_core::Secret;
use jumpqr_core::error::{Code, OwnCode};
use jumpqr_core::push::{Event, MAX_BODY_BYTES, Receiver, ReceiverConfig};
use jumpqr_sandbox::{
    COMPONENT_APPID, COMPONENT_APPSECRET, COMPONENT_VERIFY_TICKET, ENCODING_AES_KEY, MESSAGE_TOKEN,
    MINI_PROGRAM_APPID, Platform, PushOrder, RecordedPush, SERVICE_ACCOUNT_APPID, Sandbox,
};
use serde_json::{Value, json};

use crate::caller::{Caller, NOW};
use crate::platform_caller::{
    OTHER_PLATFORM, component_token, exchange, pre_auth_code, text, ticket,
};

const OTHER_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

const PATIENCE: Duration = Duration::from_secs(20);

/// The right answer.
const SUCCESS: &str = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess";

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A request to the platform's server.
struct Received {
    request_line: String,
    headers: BTreeMap<String, String>,
    query: String,
    body: Vec<u8>,
}

impl Received {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let request_line = line();
        let headers: BTreeMap<_, _> = std::iter::from_fn(|| Some(line()))
            .take_while(|line| !line.is_empty())
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_ascii_lowercase(), value.to_owned())
            })
            .collect();
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        let target = request_line.split(' ').nth(1).unwrap();
        let query = target.split_once('?').unwrap().1.to_owned();
        Self {
            request_line,
            headers,
            query,
            body,
        }
    }
}

/// The server of a platform. It gives every push to the test, and answers as it is told.
struct Server {
    url: String,
    received: Channel<Received>,
    /// An empty answer never comes.
    answer: Arc<Mutex<String>>,
    receiver: Receiver,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/wechat?shop=1", listener.local_addr().unwrap());
        let (sender, received) = channel();
        let answer = Arc::new(Mutex::new(SUCCESS.to_owned()));
        let given = Arc::clone(&answer);
        std::thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let answer = given.lock().unwrap().clone();
                // Fails only after the end of the test.
                if sender.send(Received::read(&stream)).is_err() {
                    return;
                }
                if answer.is_empty() {
                    unanswered.push(stream);
                } else {
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            }
        });
        let config = ReceiverConfig::new(COMPONENT_APPID, MESSAGE_TOKEN, ENCODING_AES_KEY);
        Self {
            url,
            received,
            answer,
            receiver: Receiver::new(&config).unwrap(),
        }
    }

    fn answer_with(&self, text: &str) {
        text.clone_into(&mut self.answer.lock().unwrap());
    }

    fn next(&self) -> Received {
        self.received.recv_timeout(PATIENCE).unwrap()
    }

    fn next_event(&self) -> Event {
        let received = self.next();
        let push = self.receiver.receive(&received.query, &received.body);
        push.unwrap().event
    }

    fn next_ticket(&self) -> (String, u64) {
        match self.next_event() {
            Event::ComponentVerifyTicket(ticket) => (
                ticket.component_verify_ticket.expose().to_owned(),
                ticket.create_time,
            ),
            other => panic!("{other:?}"),
        }
    }

    /// Returns the InfoType, the merchant and the code of the next push.
    fn next_authorization(&self) -> (&'static str, String, Option<String>) {
        let code = |code: &Secret| Some(code.expose().to_owned());
        match self.next_event() {
            Event::Authorized(event) => (
                "authorized",
                event.authorizer_appid,
                code(&event.authorization_code),
            ),
            Event::UpdateAuthorized(event) => (
                "updateauthorized",
                event.authorizer_appid,
                code(&event.authorization_code),
            ),
            Event::Unauthorized(event) => ("unauthorized", event.authorizer_appid, None),
            other => panic!("{other:?}"),
        }
    }

    fn refusal(&self) -> Code {
        let received = self.next();
        let push = self.receiver.receive(&received.query, &received.body);
        push.unwrap_err().code()
    }
}

/// Starts a sandbox that pushes to this server, and takes its first ticket.
fn start(server: &Server) -> Caller {
    let caller = Caller::with_builder(Sandbox::builder().push_url(&server.url));
    assert_eq!(server.next_ticket().0, COMPONENT_VERIFY_TICKET);
    wait_for_pushes(&caller, 1);
    caller
}

fn put_platform(caller: &Caller, change: Value) -> Value {
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}");
    caller.sandbox.control("PUT", &path, change).unwrap()
}

/// Waits until so many pushes were answered, and returns them.
fn wait_for_pushes(caller: &Caller, count: usize) -> Vec<RecordedPush> {
    for _ in 0..2_000 {
        let pushes = caller.sandbox.pushes();
        if pushes.len() >= count {
            assert_eq!(pushes.len(), count, "{pushes:?}");
            return pushes;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{:?}", caller.sandbox.pushes());
}

#[test]
fn a_ticket_is_pushed_as_soon_as_the_platform_has_an_address() {
    let server = Server::start();
    let caller = Caller::new();
    let platform = put_platform(&caller, json!({"push_url": server.url}));
    assert_eq!(platform["push_url"], server.url);
    let received = server.next();
    assert!(
        received
            .request_line
            .starts_with("POST /wechat?shop=1&signature="),
        "{}",
        received.request_line
    );
    assert!(received.request_line.ends_with(" HTTP/1.1"));
    assert_eq!(received.headers["content-type"], "text/xml");
    assert!(server.url.contains(&received.headers["host"]));
    let query = form_urlencoded::parse(received.query.as_bytes());
    let query: BTreeMap<_, _> = query.into_owned().collect();
    let names: Vec<_> = query.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "encrypt_type",
            "msg_signature",
            "nonce",
            "shop",
            "signature",
            "timestamp"
        ]
    );
    assert_eq!(query["encrypt_type"], "aes");
    assert_eq!(query["timestamp"], NOW.to_string());
    let push = server.receiver.receive(&received.query, &received.body);
    let Event::ComponentVerifyTicket(first) = push.unwrap().event else {
        panic!("not a ticket");
    };
    assert_eq!(
        first.component_verify_ticket.expose(),
        COMPONENT_VERIFY_TICKET
    );
    assert_eq!(first.create_time, NOW);

    let pushes = wait_for_pushes(&caller, 1);
    assert_eq!(
        serde_json::to_value(&pushes).unwrap(),
        json!([{
            "finished_at_ms": NOW * 1_000, "component_appid": COMPONENT_APPID,
            "info_type": "component_verify_ticket", "authorizer_appid": null, "create_time": NOW,
            "order": null, "attempt": 1, "status": 200, "body": "success", "error": null,
            "is_success": true,
        }])
    );
    assert_eq!(
        caller.get("/sandbox/pushes"),
        json!({"pending": 0, "pushes": pushes})
    );
    caller
        .sandbox
        .control("DELETE", "/sandbox/pushes", Value::Null)
        .unwrap();
    assert!(caller.sandbox.pushes().is_empty());
}

#[test]
fn a_ticket_comes_every_ten_minutes_of_the_clock() {
    let server = Server::start();
    let caller = start(&server);
    for minutes in 1..=4 {
        caller.sandbox.advance(Duration::from_secs(599));
        assert_eq!(caller.sandbox.pending_pushes(), 0);
        caller.sandbox.advance(Duration::from_secs(1));
        let pushed = server.next_ticket();
        assert_eq!(pushed, (ticket(&caller), NOW + minutes * 600));
        wait_for_pushes(&caller, usize::try_from(minutes).unwrap() + 1);
    }
    assert_ne!(ticket(&caller), COMPONENT_VERIFY_TICKET);
}

#[test]
fn a_running_clock_pushes_too() {
    let server = Server::start();
    let sandbox = Sandbox::builder().push_url(&server.url).start().unwrap();
    server.next_ticket();
    sandbox.advance(Duration::from_secs(599));
    // The last second passes by itself.
    server.next_ticket();
}

#[test]
fn a_new_ticket_and_a_restart_are_pushed_at_once() {
    let server = Server::start();
    let caller = start(&server);
    let new = caller.sandbox.push_ticket(COMPONENT_APPID).unwrap();
    assert_eq!(server.next_ticket().0, new.expose());
    let body = json!({"component_appid": COMPONENT_APPID, "component_secret": COMPONENT_APPSECRET});
    let restart = || {
        caller.post(
            "/cgi-bin/component/api_start_push_ticket",
            &body.to_string(),
        )
    };
    assert_eq!(restart()["errmsg"], "in a normal state");
    assert_eq!(server.next_ticket().0, new.expose());
    wait_for_pushes(&caller, 3);

    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/ticket");
    let stop = json!({"paused": true});
    caller.sandbox.control("PUT", &path, stop).unwrap();
    caller.sandbox.advance(Duration::from_secs(1_200));
    assert_eq!(caller.sandbox.pending_pushes(), 0);
    assert_eq!(restart()["errmsg"], "ok");
    assert_ne!(server.next_ticket().0, new.expose());
}

#[test]
fn each_change_of_an_authorisation_is_pushed() {
    let server = Server::start();
    let caller = start(&server);
    let component = component_token(&caller);
    let appid = SERVICE_ACCOUNT_APPID;
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{appid}");
    let sets = |sets: &[u16]| Some(sets.iter().copied().collect());

    caller
        .sandbox
        .authorize(COMPONENT_APPID, appid, sets(&[3]))
        .unwrap();
    let (info_type, merchant, code) = server.next_authorization();
    assert_eq!((info_type, merchant.as_str()), ("authorized", appid));
    let exchanged = exchange(&caller, &component, &code.unwrap());
    assert_eq!(exchanged["authorization_info"]["authorizer_appid"], appid);
    let form = json!({"permission_sets": [3, 33]});
    caller.sandbox.control("PUT", &path, form).unwrap();
    assert_eq!(server.next_authorization().0, "updateauthorized");
    caller.sandbox.revoke(COMPONENT_APPID, appid).unwrap();
    assert_eq!(
        server.next_authorization(),
        ("unauthorized", appid.to_owned(), None)
    );

    let pre_auth_code = pre_auth_code(&caller, &component);
    let form = Serializer::new(String::new())
        .extend_pairs([
            ("component_appid", COMPONENT_APPID),
            ("pre_auth_code", &pre_auth_code),
            ("redirect_uri", "https://p.example.cn/done"),
            ("authorizer_appid", appid),
        ])
        .finish();
    let request = format!(
        "POST /cgi-bin/componentloginpage HTTP/1.0\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    caller.send_raw(&request);
    let Event::Authorized(event) = server.next_event() else {
        panic!("not authorized");
    };
    assert_eq!(event.pre_auth_code.unwrap().expose(), pre_auth_code);
    assert_eq!(event.authorization_code_expired_time, Some(NOW + 3600));

    caller.sandbox.control("DELETE", &path, json!({})).unwrap();
    assert_eq!(server.next_authorization().0, "unauthorized");
    let form = json!({"exchanged": false});
    let authorized = caller.sandbox.control("PUT", &path, form).unwrap();
    let (info_type, _, code) = server.next_authorization();
    assert_eq!(info_type, "authorized");
    assert_eq!(
        text(&authorized["event"], "AuthorizationCode"),
        code.unwrap()
    );
}

#[test]
fn a_push_is_tried_three_times_and_pauses_after_nine_failures() {
    let server = Server::start();
    let caller = start(&server);
    let five_seconds = || caller.sandbox.advance(Duration::from_secs(5));
    let mut count = 1;
    for wrong in [
        answer("200 OK", "success\n"),
        answer("500 Internal Server Error", "success"),
        String::from("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsuccess"),
    ] {
        server.answer_with(&wrong);
        caller.sandbox.push_ticket_again(COMPONENT_APPID).unwrap();
        for attempt in 1..=3 {
            server.next_ticket();
            count += 1;
            let pushes = wait_for_pushes(&caller, count);
            let last = pushes.last().unwrap();
            assert_eq!((last.attempt, last.is_success), (attempt, false));
            assert_eq!(last.status.is_none(), last.error.is_some(), "{last:?}");
            five_seconds();
        }
    }
    let pushes = caller.sandbox.pushes();
    for (push, next) in pushes.iter().skip(1).zip(pushes.iter().skip(2)) {
        let milliseconds = next.finished_at_ms - push.finished_at_ms;
        assert_eq!(milliseconds, 5_000);
    }
    let told: Vec<_> = pushes.iter().step_by(3).map(|push| push.status).collect();
    assert_eq!(told, [Some(200), Some(200), Some(500), None]);

    // Nine failures: a minute's pause, of which 5 seconds have passed.
    server.answer_with(SUCCESS);
    caller.sandbox.push_ticket_again(COMPONENT_APPID).unwrap();
    caller.sandbox.advance(Duration::from_secs(54));
    assert_eq!(caller.sandbox.pending_pushes(), 1);
    assert!(server.received.try_recv().is_err());
    caller.sandbox.advance(Duration::from_secs(1));
    server.next_ticket();
    let pushes = wait_for_pushes(&caller, count + 1);
    let [.., ninth, last] = pushes.as_slice() else {
        panic!("too few pushes");
    };
    assert!(last.is_success);
    assert_eq!(last.finished_at_ms - ninth.finished_at_ms, 60_000);
}

#[test]
fn a_push_that_is_answered_late_or_by_nobody_fails() {
    let server = Server::start();
    let caller = start(&server);
    server.answer_with("");
    caller.sandbox.push_ticket(COMPONENT_APPID).unwrap();
    let pushes = wait_for_pushes(&caller, 2);
    let late = pushes.last().unwrap();
    assert_eq!(late.error.as_deref(), Some("no answer within 5 seconds"));

    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    put_platform(&caller, json!({"push_url": url}));
    let pushes = wait_for_pushes(&caller, 3);
    let refused = pushes.last().unwrap().error.clone().unwrap();
    assert!(refused.starts_with("cannot connect"), "{refused}");
    put_platform(&caller, json!({"push_url": ""}));
    assert_eq!(caller.sandbox.pending_pushes(), 0);
}

fn order(caller: &Caller, order: PushOrder, authorizer_appid: Option<&str>) {
    let sandbox = &caller.sandbox;
    sandbox
        .order_push(COMPONENT_APPID, order, authorizer_appid)
        .unwrap();
}

#[test]
fn wrong_pushes_come_on_order() {
    let server = Server::start();
    let caller = start(&server);
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/pushes");
    for (order, code) in [
        ("wrong_signature", OwnCode::PushNotSigned),
        ("doctype", OwnCode::PushMalformed),
        ("oversized", OwnCode::PushMalformed),
    ] {
        server.answer_with(&answer("403 Forbidden", ""));
        let body = json!({"order": order});
        caller.sandbox.control("POST", &path, body).unwrap();
        if order == "oversized" {
            let received = server.next();
            assert!(received.body.len() > MAX_BODY_BYTES);
            let push = server.receiver.receive(&received.query, &received.body);
            assert_eq!(push.unwrap_err().code(), Code::Own(code), "{order}");
        } else {
            assert_eq!(server.refusal(), Code::Own(code), "{order}");
        }
    }
    let pushes = wait_for_pushes(&caller, 4);
    let last = pushes.last().unwrap();
    assert_eq!(last.order, Some(PushOrder::Oversized));
    assert_eq!(last.status, Some(403));
    assert_eq!(caller.sandbox.pending_pushes(), 0, "no second try");
}

#[test]
fn a_push_with_the_former_key_comes_on_order() {
    let server = Server::start();
    let caller = start(&server);
    let ordered = caller
        .sandbox
        .order_push(COMPONENT_APPID, PushOrder::FormerKey, None);
    assert_eq!(ordered.unwrap_err().http_status(), 400);
    put_platform(&caller, json!({"encoding_aes_key": OTHER_KEY}));
    order(&caller, PushOrder::FormerKey, None);
    assert_eq!(server.next_ticket().0, COMPONENT_VERIFY_TICKET);
    caller.sandbox.push_ticket_again(COMPONENT_APPID).unwrap();
    assert_eq!(server.refusal(), Code::Own(OwnCode::PushNotDecrypted));
}

#[test]
fn doubled_and_old_pushes_come_on_order() {
    let server = Server::start();
    let caller = start(&server);
    order(&caller, PushOrder::Doubled, None);
    let (one, other) = (server.next(), server.next());
    assert_eq!((one.query, one.body), (other.query, other.body));

    order(&caller, PushOrder::OutOfOrder, None);
    let (new, old) = (server.next_ticket(), server.next_ticket());
    assert_eq!(new, (ticket(&caller), NOW));
    assert_eq!(old, (COMPONENT_VERIFY_TICKET.to_owned(), NOW - 600));

    let appid = SERVICE_ACCOUNT_APPID;
    let sandbox = &caller.sandbox;
    for problem in [PushOrder::OutOfOrder, PushOrder::Doubled] {
        let ordered = sandbox.order_push(COMPONENT_APPID, problem, Some(appid));
        assert_eq!(ordered.unwrap_err().http_status(), 404);
    }
    sandbox.authorize(COMPONENT_APPID, appid, None).unwrap();
    order(&caller, PushOrder::Doubled, Some(appid));
    let events = [(); 3].map(|()| server.next_authorization());
    assert!(events.iter().all(|event| *event == events[0]));
    assert_eq!(events[0].0, "authorized");
    order(&caller, PushOrder::OutOfOrder, Some(appid));
    let Event::Unauthorized(old) = server.next_event() else {
        panic!("not unauthorized");
    };
    assert_eq!(
        (old.authorizer_appid.as_str(), old.create_time),
        (appid, NOW - 1)
    );
}

#[test]
fn wrong_settings_are_refused_and_change_nothing() {
    let caller = Caller::new();
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}");
    for (change, named) in [
        (json!({"push_url": "http://10.0.0.1/"}), "push_url"),
        (json!({"push_url": "https://127.0.0.1/"}), "push_url"),
        (json!({"message_token": "a b"}), "message_token"),
        (json!({"encoding_aes_key": "short"}), "encoding_aes_key"),
        (
            json!({"encoding_aes_key_former": "short"}),
            "encoding_aes_key_former",
        ),
    ] {
        let refused = caller.sandbox.control("PUT", &path, change).unwrap_err();
        assert_eq!(refused.http_status(), 400);
        assert!(refused.to_string().contains(named), "{refused}");
        assert_eq!(caller.get(&path)["push_url"], Value::Null);
    }
    let builder = Sandbox::builder().push_url("http://p.example.cn/");
    assert!(builder.start().is_err());
    let platform = || Platform::new(OTHER_PLATFORM, "s");
    let pushed = platform().push_to("http://127.0.0.1:1", "token", "short");
    assert!(pushed.is_err());
    assert!(platform().encoding_aes_key_former("short").is_err());
    let ordered = caller
        .sandbox
        .order_push(COMPONENT_APPID, PushOrder::Doubled, None);
    assert!(ordered.unwrap_err().to_string().contains("push_url"));
}

#[test]
fn no_record_and_no_answer_of_the_sandbox_shows_a_secret() {
    let server = Server::start();
    let caller = start(&server);
    let leak = format!("{COMPONENT_VERIFY_TICKET} {MESSAGE_TOKEN} {ENCODING_AES_KEY} said");
    server.answer_with(&answer("200 OK", &leak));
    caller.sandbox.push_ticket_again(COMPONENT_APPID).unwrap();
    let pushes = wait_for_pushes(&caller, 2);
    assert_eq!(pushes[1].body, "*** *** *** said");
    let shown = caller.get("/sandbox/platforms").to_string();
    for secret in [MESSAGE_TOKEN, ENCODING_AES_KEY] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn each_platform_has_its_own_address_and_order() {
    let (server, slow) = (Server::start(), Server::start());
    let caller = start(&server);
    slow.answer_with("");
    let other = Platform::new(OTHER_PLATFORM, "a-secret");
    let other = other.push_to(&slow.url, "otherToken", OTHER_KEY).unwrap();
    caller.sandbox.put_platform(other);
    let request = slow.next();
    let config = ReceiverConfig::new(OTHER_PLATFORM, "otherToken", OTHER_KEY);
    let receiver = Receiver::new(&config).unwrap();
    receiver.receive(&request.query, &request.body).unwrap();
    // The other platform does not answer, and this one gets its pushes.
    for set in 1..=50 {
        let sets = Some([set].into());
        let appid = MINI_PROGRAM_APPID;
        caller
            .sandbox
            .authorize(COMPONENT_APPID, appid, sets)
            .unwrap();
    }
    for _ in 1..=50 {
        assert_eq!(server.next_authorization().0, "updateauthorized");
    }
    let path = format!("/sandbox/platforms/{OTHER_PLATFORM}");
    caller.sandbox.control("DELETE", &path, json!({})).unwrap();
    let pushes = wait_for_pushes(&caller, 51);
    assert!(pushes.iter().all(|push| push.is_success));
    assert_eq!(caller.sandbox.pending_pushes(), 0);
}

#[test]
fn a_reset_forgets_the_pushes_and_pushes_the_first_ticket_again() {
    let server = Server::start();
    let caller = start(&server);
    server.answer_with("");
    caller.sandbox.push_ticket(COMPONENT_APPID).unwrap();
    server.next_ticket();
    server.answer_with(SUCCESS);
    caller.sandbox.reset();
    assert_eq!(server.next_ticket().0, COMPONENT_VERIFY_TICKET);
    wait_for_pushes(&caller, 1);
}
