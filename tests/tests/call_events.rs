//! Each vector of `call_events.json`: the listener of a client gets exactly these events.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::sync::{Arc, Mutex};

use jumpqr::Client;
use jumpqr::binding::call;
use jumpqr_sandbox::Sandbox;
use jumpqr_tests::call_events::{CallEventVector, CallEvents};
use jumpqr_tests::{count, load, report};
use serde_json::{Map, Value, json};

const EVENT_TIMES: [&str; 7] = [
    "duration_ms",
    "thread_ms",
    "slot_ms",
    "token_ms",
    "lock_ms",
    "retry_ms",
    "wechat_ms",
];
const ATTEMPT_TIMES: [&str; 2] = ["start_ms", "duration_ms"];

fn check(vector: &CallEventVector) -> Result<(), String> {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.mini_program();
    let events: Arc<Mutex<Vec<Value>>> = Arc::default();
    let heard = Arc::clone(&events);
    let client = Client::builder()
        .app(account.appid.clone(), account.secret.clone())
        .base_url(sandbox.base_url())
        .max_retries(vector.max_retries)
        .on_call(move |event| {
            let event = serde_json::to_value(event).unwrap();
            heard.lock().unwrap().push(event);
        })
        .build()
        .unwrap();
    for before in &vector.before {
        call(&client, &before.interface, before.arguments.clone()).unwrap();
    }
    for fault in &vector.faults {
        sandbox
            .control("POST", "/sandbox/faults", fault.clone())
            .unwrap();
    }
    events.lock().unwrap().clear();
    let result = call(
        &client,
        &vector.call.interface,
        vector.call.arguments.clone(),
    );
    let mut events = std::mem::take(&mut *events.lock().unwrap());
    let text = Value::from(events.clone()).to_string();
    assert!(!text.contains(account.secret.expose()), "{text}");
    let last = events.last().and_then(Value::as_object).unwrap().clone();
    let code = result.as_ref().err().map(|error| error.code().name());
    assert_eq!(last["code"].as_str(), code);
    for event in &mut events {
        take_times(event, &EVENT_TIMES, &account.appid);
        for attempt in event["attempts"].as_array_mut().unwrap() {
            take_times(attempt, &ATTEMPT_TIMES, &account.appid);
        }
    }
    let time = |name: &String| last[name].as_f64().unwrap();
    for wait in &vector.waits {
        assert!(time(wait) > 0.0, "{wait}: {last:?}");
    }
    let sum: f64 = EVENT_TIMES[1..]
        .iter()
        .map(|name| time(&(*name).to_owned()))
        .sum();
    assert!(time(&"duration_ms".to_owned()) >= sum - 0.001, "{last:?}");
    let (found, expected) = (Value::from(events), Value::from(vector.events.clone()));
    if found == expected {
        Ok(())
    } else {
        Err(format!("expected\n{expected:#}\nfound\n{found:#}"))
    }
}

/// Removes the times, and replaces what differs from run to run.
fn take_times(object: &mut Value, times: &[&str], appid: &str) {
    let object: &mut Map<_, _> = object.as_object_mut().unwrap();
    for time in times {
        let time = object.remove(*time).unwrap().as_f64().unwrap();
        assert!(time >= 0.0);
    }
    if object.get("appid") == Some(&json!(appid)) {
        object.insert("appid".to_owned(), json!("APPID"));
    }
    let rid = object["rid"].as_str().unwrap_or_default();
    let groups: Vec<_> = rid.split('-').collect();
    let is_group =
        |group: &&str| group.len() == 8 && group.bytes().all(|it| it.is_ascii_hexdigit());
    if groups.len() == 3 && groups.iter().all(is_group) {
        object.insert("rid".to_owned(), json!("RID"));
    }
}

/// The page that shows the events of a call.
const PAGE: &str = include_str!("../../docs/watching.md");

/// Returns the first block of the page in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0
}

/// The page says that every language shows this: all of them run the vectors.
#[test]
fn the_page_shows_the_event_of_the_vector() {
    let file: CallEvents = load().unwrap();
    let vectors = &file.call_events;
    let expected = vectors[0].events.last().unwrap();
    let mut shown: Value = serde_json::from_str(block("json")).unwrap();
    let appid = shown["appid"].as_str().unwrap().to_owned();
    take_times(&mut shown, &EVENT_TIMES, &appid);
    for attempt in shown["attempts"].as_array_mut().unwrap() {
        take_times(attempt, &ATTEMPT_TIMES, &appid);
    }
    assert_eq!(&shown, expected, "of {}", vectors[0].name);
}

#[test]
fn the_listener_gets_the_events_of_each_call() {
    let file: CallEvents = load().unwrap();
    let results = file
        .call_events
        .iter()
        .map(|vector| (vector.name.as_str(), check(vector)));
    count::<CallEvents>(report(results).unwrap());
}
