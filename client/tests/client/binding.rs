//! What the bindings for other languages share: calls by the name of the interface, and their
//! options.

use std::sync::Arc;
use std::time::Duration;

use jumpqr::binding::{self, CallOptions, NameStyle};
use jumpqr::error::OwnCode;
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Cancel, Client, Edit, Outcome};
use serde_json::{Value, json};

use crate::fake::{ADD, ManualClock, errcode, listed, ok, rule};

const TEN_SECONDS: Duration = Duration::from_secs(10);

fn client_with_response(response: fn() -> Response) -> (Arc<MemoryTransport>, Client) {
    let transport = Arc::new(MemoryTransport::new(move |_| Ok(response())));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .max_retries(0)
        .pacing(false)
        .build()
        .unwrap();
    (transport, client)
}

#[test]
fn a_mapping_is_sent_as_the_typed_call_would_be() {
    let (transport, client) = client_with_response(ok);
    let rule = json!({
        "prefix": "https://weixin.qq.com/qrcodejump", "permit_sub_rule": "1",
        "path": "pages/index/index", "open_version": "1", "is_edit": 1,
    });
    let answer = binding::call(&client, "addJumpQRCode", rule).unwrap();
    assert_eq!(answer, "answered");
    let sent = transport.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].content.path(), ADD);
    let body: Value = serde_json::from_slice(sent[0].content.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["is_edit"], 1);
    assert_eq!(body["open_version"], 1);
}

#[test]
fn the_result_has_the_wire_names() {
    let (_, client) = client_with_response(listed);
    let list = binding::call(&client, "getJumpQRCode", Value::Null).unwrap();
    assert_eq!(list["rule_list"][0]["path"], "pages/index/index");
    assert_eq!(list["rule_list"][0]["state"], 1);
    assert_eq!(list["qrcodejump_open"], Value::Null);
}

#[test]
fn wrong_arguments_are_refused_with_the_interface_and_nothing_is_sent() {
    let (transport, client) = client_with_response(ok);
    for (interface, arguments, interface_named) in [
        ("publishJumpQRCode", json!({}), Some("publishJumpQRCode")),
        (
            "publishJumpQRCode",
            json!({"prefix": " "}),
            Some("publishJumpQRCode"),
        ),
        ("stable_token", json!({}), None),
    ] {
        let error = binding::call(&client, interface, arguments).unwrap_err();
        assert_eq!(
            (error.code(), error.interface()),
            (OwnCode::InvalidRequest.into(), interface_named)
        );
    }
    assert!(transport.sent().is_empty());
}

#[test]
fn an_error_is_the_same_as_that_of_the_typed_call() {
    let (_, client) = client_with_response(|| errcode(85066));
    let key = json!({"prefix": "https://weixin.qq.com/qrcodejump"});
    let error = binding::call(&client, "deleteJumpQRCode", key).unwrap_err();
    assert_eq!(
        (error.errcode(), error.code().name()),
        (Some(85066), "illegal_prefix")
    );
}

#[test]
fn a_setting_is_named_as_the_language_writes_it() {
    let settings = json!({"timeout": 1, "bodyLimit": "1", "connectTimeoutMs": -1});
    let settings = settings.as_object().unwrap().clone();
    let error = binding::read_settings(settings, NameStyle::Camel).unwrap_err();
    let error = binding::name_settings(error, NameStyle::Camel);
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|finding| &*finding.field)
        .collect();
    assert_eq!(fields, ["bodyLimit", "connectTimeoutMs", "timeout"]);
    assert!(
        error
            .message()
            .contains("timeout: there is no such setting"),
        "{error}"
    );
    assert!(
        error.message().contains("did you mean `timeoutMs`?"),
        "{error}"
    );
}

#[test]
fn a_text_is_the_prefix_of_a_rule() {
    let (transport, client) = client_with_response(ok);
    let client = client.with_validate(false);
    let prefix = json!("https://m.example.cn/s58/");
    binding::call(&client, "deleteJumpQRCode", prefix).unwrap();
    let sent = transport.sent();
    let body: Value = serde_json::from_slice(sent[0].content.body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({"prefix": "https://m.example.cn/s58/"}));
}

#[test]
fn a_raw_call_has_the_name_call_raw_and_its_result_is_the_text() {
    let (transport, client) = client_with_response(ok);
    let arguments = json!({"path": "/a", "query": [["b", 1]], "body": r#"{"d":1, "c":2}"#});
    let json = binding::call(&client, "call_raw", arguments).unwrap();
    let Value::String(json) = json else {
        panic!("{json}");
    };
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["errcode"], 0);
    let sent = transport.sent();
    assert_eq!(sent[0].content.path(), "/a");
    let body = sent[0].content.body.as_deref();
    assert_eq!(body, Some(&br#"{"d":1, "c":2}"#[..]));
    let error = binding::call(&client, "call_raw", json!({"path": "a"})).unwrap_err();
    assert_eq!(error.violations()[0].field, "path");
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn waiting_for_a_thread_counts_only_towards_the_queue_timeout() {
    let clock = Arc::new(ManualClock::default());
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock)
        .timeout(Duration::from_secs(4))
        .queue_timeout(TEN_SECONDS)
        .build()
        .unwrap();
    let waited = |waited| {
        let options = CallOptions {
            waited,
            ..CallOptions::default()
        };
        options.apply(&client).unwrap()
    };
    let in_time = waited(Duration::from_secs(9));
    in_time.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(transport.sent()[0].timeout, Duration::from_secs(3));
    let too_late = waited(TEN_SECONDS);
    let error = too_late.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::PacedOut.into(), Outcome::NotApplied)
    );
    assert!(error.advice().contains("queue timeout"), "{error}");
    let mut rules = client.rules();
    let page = binding::next_page(&mut rules, TEN_SECONDS, &Cancel::default());
    let error = page.unwrap_err();
    assert_eq!(error.code(), OwnCode::PacedOut);
    assert_eq!(transport.sent().len(), 1);
}
