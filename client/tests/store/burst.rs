//! Thousands of merchants authorise a platform at once. Its processes share a store, get pushes
//! doubled and out of order, and are killed at any moment.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::push::{Encryptor, PushAddress, ReceiverConfig};
use jumpqr::{ErrCode, Error, Platform, store};
use jumpqr_sandbox::{Interface, OldRefreshToken, Sandbox};
use serde_json::{Value, json};

use crate::LONG;
use crate::process::ChildProcess;
use crate::shared_store::SharedStore;
use crate::wechat::{self, COMPONENT_APPID};

const TOKEN: &str = "messagetoken";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

const MERCHANTS: usize = 2000;
/// How many of them end the authorisation, and how many of these authorise the platform again.
const ENDED: usize = 200;
const BACK: usize = 100;

const PROCESSES: usize = 4;
const THREADS: usize = 4;
/// How many requests a process has at once.
const AT_ONCE: usize = 16;

/// What came of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A push was answered with `success`, or a code was exchanged.
    Done,
    /// The code was used before, or the merchant has ended the authorisation.
    Late,
    Failed,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Done, Self::Late, Self::Failed];

    /// Returns the number by which a process tells the outcome of a request.
    fn of(self, request: u64) -> u64 {
        request * 3 + self as u64
    }

    /// Returns the request and its outcome.
    fn read(number: u64) -> (u64, Self) {
        (number / 3, Self::ALL[usize::try_from(number % 3).unwrap()])
    }
}

fn appid(number: usize) -> String {
    format!("wx{number:016x}")
}

fn platform(base_url: &str, setting: &str) -> Platform {
    let store = store::open(setting).unwrap();
    let settings = wechat::settings(base_url, &store)
        .timeout(Duration::from_secs(60))
        .message_token(TOKEN)
        .encoding_aes_key(KEY);
    wechat::platform(settings)
}

/// Answers the requests that come line by line, on several threads.
pub(crate) fn receive(setting: &str, shared_file: &Path, say: impl Fn(u64) + Sync) {
    let platform = platform(&wechat::base_url(shared_file), setting);
    let (sender, receiver) = mpsc::channel::<Value>();
    let receiver = Mutex::new(receiver);
    let receive = || receiver.lock().unwrap().recv();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Ok(request) = receive() {
                    answer(&platform, &request, shared_file, &say);
                }
            });
        }
        for line in std::io::stdin().lines() {
            sender
                .send(serde_json::from_str(&line.unwrap()).unwrap())
                .unwrap();
        }
        drop(sender);
    });
}

/// Answers a request. What a push leaves to be done is done after the answer.
fn answer(platform: &Platform, request: &Value, shared_file: &Path, say: &impl Fn(u64)) {
    let say = |outcome: Outcome| say(outcome.of(request["number"].as_u64().unwrap()));
    let outcome = |error: &Error| {
        if is_late(error) {
            return Outcome::Late;
        }
        wechat::report(error, shared_file);
        Outcome::Failed
    };
    if let Some(code) = request["auth_code"].as_str() {
        let exchanged = platform.exchange(code);
        say(exchanged.map_or_else(|error| outcome(&error), |_| Outcome::Done));
        return;
    }
    let [query, body] = ["query", "body"].map(|name| request[name].as_str().unwrap());
    match platform.handle(query, body.as_bytes()) {
        Ok(handled) => {
            say(Outcome::Done);
            let _ = handled.finish().map_err(|error| outcome(&error));
        }
        Err(error) => say(outcome(&error)),
    }
}

fn is_late(error: &Error) -> bool {
    let code = error.code();
    let is_refused = |documented: &ErrCode| {
        documented.is_authorization_code_spent() || documented.is_not_authorised()
    };
    code == OwnCode::MerchantUnauthorized || code.documented().is_some_and(is_refused)
}

/// The requests that are still to be answered, and what happened to the others.
#[derive(Default)]
struct Requests {
    waiting: Mutex<VecDeque<Value>>,
    answered: AtomicUsize,
    late: AtomicUsize,
    kills: AtomicUsize,
    sent_again: AtomicUsize,
}

impl Requests {
    /// Has all requests answered, in any order, by processes that are killed again and again.
    fn run(&self, mut requests: Vec<Value>, shared: &SharedStore) {
        fastrand::shuffle(&mut requests);
        for (number, request) in requests.iter_mut().enumerate() {
            request["number"] = json!(number);
        }
        *self.waiting.lock().unwrap() = requests.into();
        std::thread::scope(|scope| {
            for _ in 0..PROCESSES {
                scope.spawn(|| while self.run_process(shared) {});
            }
        });
    }

    /// Has some requests answered by a process, and kills it. Those that it did not answer are sent
    /// to others, as WeChat and browsers do. Returns whether any are left.
    fn run_process(&self, shared: &SharedStore) -> bool {
        let mut process = ChildProcess::start("receive", shared);
        let mut sent = HashMap::new();
        for _ in 0..fastrand::usize(1..300) {
            while sent.len() < AT_ONCE {
                let next = self.waiting.lock().unwrap().pop_front();
                let Some(request) = next else { break };
                process.tell(&request.to_string());
                sent.insert(request["number"].as_u64().unwrap(), request);
            }
            if sent.is_empty() {
                return false;
            }
            let (number, outcome) = Outcome::read(process.next_number().unwrap());
            sent.remove(&number).unwrap();
            assert!(outcome != Outcome::Failed, "{}", wechat::reported(shared));
            self.answered.fetch_add(1, Relaxed);
            self.late
                .fetch_add(usize::from(outcome == Outcome::Late), Relaxed);
        }
        process.kill();
        self.kills.fetch_add(1, Relaxed);
        self.sent_again.fetch_add(sent.len(), Relaxed);
        self.waiting.lock().unwrap().extend(sent.into_values());
        true
    }
}

/// WeChat, as far as this test needs it.
struct WeChat {
    sandbox: Sandbox,
    encryptor: Encryptor,
}

impl WeChat {
    fn start() -> Self {
        let config = ReceiverConfig::new(COMPONENT_APPID, TOKEN, KEY);
        Self {
            sandbox: wechat::strict(Duration::from_secs(7200), OldRefreshToken::DiesAtOnce),
            encryptor: Encryptor::new(&config).unwrap(),
        }
    }

    fn authorizer(&self, method: &str, number: usize, body: Value) -> Value {
        let appid = appid(number);
        let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{appid}");
        self.sandbox.control(method, &path, body).unwrap()
    }

    /// Returns the push of an event.
    fn push(&self, event: &Value) -> Value {
        let fields = event.as_object().unwrap().iter();
        let fields = fields.map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("<{name}><![CDATA[{text}]]></{name}>")
        });
        let text = format!("<xml>{}</xml>", fields.collect::<String>());
        let address = PushAddress::Authorization;
        let push = self
            .encryptor
            .encrypt_push(address, &text, 1_900_000_000, "1221527777", [7; 16])
            .unwrap();
        json!({ "query": push.query, "body": push.body })
    }

    /// Makes a merchant authorise the platform. Returns the push, twice, and the redirect. A third
    /// of the merchants closes the page before the redirect, and has one push only.
    fn authorise(&self, number: usize) -> Vec<Value> {
        let form = json!({ "kind": "mini_program", "exchanged": false });
        let authorised = self.authorizer("PUT", number, form);
        let push = self.push(&authorised["event"]);
        let redirect = json!({ "auth_code": authorised["authorization_code"] });
        if number % 3 == 0 {
            return vec![push];
        }
        vec![push.clone(), push, redirect]
    }

    /// Makes a merchant end the authorisation. Returns the push, twice.
    fn end(&self, number: usize) -> [Value; 2] {
        let ended = self.authorizer("DELETE", number, json!(null));
        let push = self.push(&ended["event"]);
        [push.clone(), push]
    }
}

/// Waits until events are in another second: the order of those in the same second is not known.
fn wait_for_next_second() {
    std::thread::sleep(Duration::from_millis(1100));
}

fn check_that_no_merchant_is_lost_and_none_comes_back(shared: &SharedStore) -> String {
    let wechat = WeChat::start();
    let sandbox = &wechat.sandbox;
    wechat::publish(sandbox, shared);
    let platform = platform(sandbox.base_url(), &shared.setting);
    let ticket = sandbox.verify_ticket(COMPONENT_APPID).unwrap();
    platform.set_verify_ticket(ticket).unwrap();

    let requests = Requests::default();
    let begun = Instant::now();
    let authorised: Vec<_> = (0..MERCHANTS)
        .map(|number| wechat.authorise(number))
        .collect();
    requests.run(authorised.iter().flatten().cloned().collect(), shared);
    let burst = begun.elapsed();

    // Some merchants end it, and some of these come back. Old pushes come once more, among the new.
    wait_for_next_second();
    let mut next: Vec<_> = (0..ENDED).flat_map(|number| wechat.end(number)).collect();
    wait_for_next_second();
    next.extend((0..BACK).flat_map(|number| wechat.authorise(number)));
    next.extend(
        authorised
            .iter()
            .take(ENDED)
            .map(|requests| requests[0].clone()),
    );
    requests.run(next, shared);

    let asked = || {
        let counters = sandbox.counters();
        [
            Interface::ApiAuthorizerToken,
            Interface::ApiGetAuthorizerList,
            Interface::GetJumpQRCode,
        ]
        .map(|interface| counters.calls_of(interface))
    };
    let before = asked();
    for number in BACK..ENDED {
        let merchant = platform.merchant(&appid(number)).unwrap();
        let error = wechat::call(&merchant).unwrap_err();
        assert_eq!(error.code(), OwnCode::MerchantUnauthorized, "{error:?}");
    }
    assert_eq!(asked(), before, "WeChat was asked");
    for number in (0..BACK).chain(ENDED..MERCHANTS) {
        wechat::call(&platform.merchant(&appid(number)).unwrap()).unwrap();
    }
    let counters = sandbox.counters();
    let count = |counter: &AtomicUsize| counter.load(Relaxed);
    format!(
        "{MERCHANTS} merchants authorised the platform in {:.1} s, {ENDED} ended it, {BACK} came \
         back; {} requests answered, {} of them too late, {} sent again after {} kills; {} codes \
         exchanged; 0 lost, 0 resurrected, {} looked up in {} pages of the list",
        burst.as_secs_f64(),
        count(&requests.answered),
        count(&requests.late),
        count(&requests.sent_again),
        count(&requests.kills),
        counters.calls_of(Interface::ApiQueryAuth),
        counters.calls_of(Interface::ApiAuthorizerToken),
        counters.calls_of(Interface::ApiGetAuthorizerList),
    )
}

#[cfg(feature = "redis")]
#[test]
fn no_merchant_of_a_burst_is_lost_and_none_comes_back_in_redis() {
    println!(
        "burst, redis: {}",
        check_that_no_merchant_is_lost_and_none_comes_back(&SharedStore::redis(LONG))
    );
}
