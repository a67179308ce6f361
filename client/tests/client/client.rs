//! The methods of the client: looking a rule up before it is published or deleted, and calls by the
//! name of the interface.

use std::sync::Arc;

use jumpqr::error::OwnCode;
use jumpqr::interface::Confirmation;
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, ClientBuilder};
use serde_json::{Value, json};

use crate::fake::{ADD, errcode, listed, ok};

const RULE: &str = "https://m.example.cn/s58/";
/// The prefix of the rule with a slip.
const SLIP: &str = "https://m.example.cn/s58";

/// Makes a client of an account that has one rule, with this state.
fn client_with_rule(
    state: u8,
    set: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> (Arc<MemoryTransport>, Client) {
    let list = format!(
        r#"{{"errcode":0,"rule_list":[{{"prefix":"{RULE}","path":"p","state":{state}}}]}}"#
    );
    let wechat = Arc::new(MemoryTransport::new(move |request| {
        Ok(Response::ok(if request.path().ends_with("qrcodejumpget") {
            list.as_str()
        } else {
            r#"{"errcode":0}"#
        }))
    }));
    let builder = Client::builder()
        .access_token("TOKEN")
        .transport(wechat.clone());
    (wechat, set(builder).build().unwrap())
}

fn sent_interfaces(wechat: &MemoryTransport) -> Vec<&'static str> {
    let name = |path: &'static str| path.rsplit('/').next().unwrap();
    wechat.sent().iter().map(|sent| name(sent.path)).collect()
}

#[test]
fn a_rule_that_does_not_exist_is_neither_deleted_nor_published() {
    let (wechat, client) = client_with_rule(1, |builder| builder);
    assert_eq!(
        client.delete_jump_qr_code(SLIP).unwrap(),
        Confirmation::NotThere
    );
    let refused = client.publish_jump_qr_code(SLIP).unwrap_err();
    assert_eq!(refused.code(), OwnCode::NoSuchRule);
    assert!(refused.message().contains(&format!("did you mean {RULE}?")));
    assert_eq!(sent_interfaces(&wechat), ["qrcodejumpget", "qrcodejumpget"]);
}

#[test]
fn a_rule_that_exists_is_deleted_and_published() {
    let (wechat, client) = client_with_rule(1, |builder| builder);
    client.publish_jump_qr_code(RULE).unwrap();
    client.delete_jump_qr_code(RULE).unwrap();
    assert_eq!(
        sent_interfaces(&wechat),
        [
            "qrcodejumpget",
            "qrcodejumppublish",
            "qrcodejumpget",
            "qrcodejumpdelete"
        ]
    );
}

#[test]
fn a_published_rule_is_not_published_again() {
    let (wechat, client) = client_with_rule(2, |builder| builder);
    assert_eq!(
        client.publish_jump_qr_code(RULE).unwrap(),
        Confirmation::AlreadyPublished
    );
    assert_eq!(sent_interfaces(&wechat), ["qrcodejumpget"]);
}

#[test]
fn without_validation_nothing_is_looked_up() {
    let (wechat, client) = client_with_rule(1, |builder| builder.validate(false));
    client.delete_jump_qr_code(SLIP).unwrap();
    assert_eq!(sent_interfaces(&wechat), ["qrcodejumpdelete"]);
}

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
    let answer = client.call_named("addJumpQRCode", &rule).unwrap();
    assert_eq!(answer, "answered");
    let sent = transport.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].path, ADD);
    let body: Value = serde_json::from_slice(sent[0].body.as_deref().unwrap()).unwrap();
    assert_eq!(body["is_edit"], 1);
    assert_eq!(body["open_version"], 1);
}

#[test]
fn the_result_has_the_wire_names() {
    let (_, client) = client_with_response(listed);
    let list = client.call_named("getJumpQRCode", &Value::Null).unwrap();
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
        let error = client.call_named(interface, &arguments).unwrap_err();
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
    let error = client.call_named("deleteJumpQRCode", &key).unwrap_err();
    assert_eq!(
        (error.errcode(), error.code().name()),
        (Some(85066), "illegal_prefix")
    );
}
