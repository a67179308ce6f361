//! The methods of the client: looking a rule up before it is published or deleted.

use std::sync::Arc;

use jumpqr::error::OwnCode;
use jumpqr::interface::Confirmation;
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, ClientBuilder};

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
        Ok(Response::ok(
            if request.content.path().ends_with("qrcodejumpget") {
                list.as_str()
            } else {
                r#"{"errcode":0}"#
            },
        ))
    }));
    let builder = Client::builder()
        .access_token("TOKEN")
        .transport(wechat.clone());
    (wechat, set(builder).build().unwrap())
}

fn sent_interfaces(wechat: &MemoryTransport) -> Vec<String> {
    let sent = wechat.sent();
    let names = sent
        .iter()
        .map(|sent| sent.content.path().rsplit('/').next());
    names.map(|name| name.unwrap().to_owned()).collect()
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
