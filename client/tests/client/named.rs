//! Calls of which the interface is known by name only.

use std::sync::Arc;

use jumpqr::error::OwnCode;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, response::Response};
use serde_json::{Value, json};

use crate::fake::{ADD, errcode, listed, ok};

fn client(answer: fn() -> Response) -> (Arc<MemoryTransport>, Client) {
    let transport = Arc::new(MemoryTransport::new(move |_| Ok(answer())));
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
    let (transport, client) = client(ok);
    let rule = json!({
        "prefix": "https://weixin.qq.com/qrcodejump", "permit_sub_rule": "1",
        "path": "pages/index/index", "open_version": "1", "is_edit": 1,
    });
    let answer = client.call_named("addJumpQRCode", &rule).unwrap();
    assert_eq!(answer, "answered");
    let sent = transport.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].path, ADD);
    let body: Value = serde_json::from_slice(sent[0].body.as_deref().unwrap()).unwrap();
    assert_eq!(
        (&body["is_edit"], &body["open_version"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn an_answer_has_the_wire_names() {
    let (_, client) = client(listed);
    let list = client.call_named("getJumpQRCode", &Value::Null).unwrap();
    assert_eq!(list["rule_list"][0]["path"], "pages/index/index");
    assert_eq!(list["rule_list"][0]["state"], 1);
    assert_eq!(list["qrcodejump_open"], Value::Null);
}

#[test]
fn what_is_wrong_is_named_and_nothing_sent() {
    let (transport, client) = client(ok);
    for (interface, arguments, interface_named) in [
        ("publishJumpQRCode", json!({}), Some("publishJumpQRCode")),
        (
            "publishJumpQRCode",
            json!({"prefix": " "}),
            Some("publishJumpQRCode"),
        ),
        ("stable_token", json!({}), None),
    ] {
        let error = client.call_named(interface, &arguments).unwrap_err();
        assert_eq!(
            (error.code(), error.interface()),
            (OwnCode::InvalidRequest.into(), interface_named)
        );
    }
    assert!(transport.sent().is_empty());
}

#[test]
fn an_error_is_that_of_the_typed_call() {
    let (_, client) = client(|| errcode(85066));
    let key = json!({"prefix": "https://weixin.qq.com/qrcodejump"});
    let error = client.call_named("deleteJumpQRCode", &key).unwrap_err();
    assert_eq!(
        (error.errcode(), error.code().name()),
        (Some(85066), "illegal_prefix")
    );
}
