//! Any interface is called with the tokens of a client, a platform, or a merchant.

use std::sync::Arc;

use jumpqr::interface::RawCall;
use jumpqr::store::MemoryStore;
use jumpqr::{Client, Outcome};
use jumpqr_sandbox::{COMPONENT_APPID, MINI_PROGRAM_APPID, Sandbox};
use serde_json::{Value, json};

use crate::pushing::{authorise_on_page, handle, process, valid_ticket};

const GET: &str = "/cgi-bin/wxopen/qrcodejumpget";
const ADD: &str = "/cgi-bin/wxopen/qrcodejumpadd";
const LIST: &str = "/cgi-bin/component/api_get_authorizer_list";

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn client(sandbox: &Sandbox) -> Client {
    let account = sandbox.mini_program();
    Client::builder()
        .base_url(sandbox.base_url())
        .pacing(false)
        .app(account.appid, account.secret)
        .build()
        .unwrap()
}

#[test]
fn a_platform_uses_its_own_token_and_a_merchants_client_the_merchants() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::<MemoryStore>::default());
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    platform.exchange(code).unwrap();

    let body = json!({"component_appid": COMPONENT_APPID, "offset": 0, "count": 10});
    let list = RawCall::post(LIST, body.to_string());
    let listed = platform.call_raw(list.clone()).unwrap();
    assert_eq!(
        read(&listed)["list"][0]["authorizer_appid"],
        MINI_PROGRAM_APPID
    );
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    let rules = client.call_raw(RawCall::post(GET, "{}")).unwrap();
    assert_eq!(read(&rules)["rule_list"], json!([]));
    // The merchant's token is not the platform's.
    let error = client.call_raw(list).unwrap_err();
    assert!(error.errcode().is_some(), "{error}");
    assert_eq!(error.interface(), Some(LIST));
}

#[test]
fn a_stale_token_is_renewed_and_a_wrong_path_reaches_nobody() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    client.call_raw(RawCall::post(GET, "{}")).unwrap();
    sandbox.kill_tokens(MINI_PROGRAM_APPID).unwrap();
    client.call_raw(RawCall::post(GET, "{}")).unwrap();
    let sent = sandbox.requests().len();
    for client in [client.clone(), client.with_validate(false)] {
        let call = RawCall::get("@127.0.0.1:1/steal");
        assert_eq!(client.call_raw(call).unwrap_err().violations().len(), 1);
        let call = RawCall::get(GET).query("access_token", "x");
        assert_eq!(client.call_raw(call).unwrap_err().violations().len(), 1);
    }
    assert_eq!(sandbox.requests().len(), sent);
}

#[test]
fn after_a_lost_response_only_a_repeatable_call_is_sent_again() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let fault = json!({"fault": "reset", "when": "after", "on": "addJumpQRCode"});
    let add = |prefix: &str| {
        let rule = json!({
            "prefix": prefix, "path": "pages/index", "permit_sub_rule": 1, "open_version": 3,
            "is_edit": 0,
        });
        RawCall::post(ADD, rule.to_string())
    };
    let inject = || {
        sandbox
            .control("POST", "/sandbox/faults", fault.clone())
            .unwrap()
    };
    let calls = || {
        let requests = sandbox.requests();
        requests.iter().filter(|sent| sent.path == ADD).count()
    };
    inject();
    let error = client.call_raw(add("https://m.example.cn/a/")).unwrap_err();
    assert_eq!((error.outcome(), calls()), (Outcome::Unknown, 1));
    // It was applied.
    let error = client.call_raw(add("https://m.example.cn/a/")).unwrap_err();
    assert_eq!(
        (error.errcode(), error.outcome()),
        (Some(85071), Outcome::NotApplied)
    );
    inject();
    let error = client
        .call_raw(add("https://m.example.cn/b/").repeatable())
        .unwrap_err();
    // The refusal is the echo of the first attempt.
    assert_eq!(
        (error.errcode(), error.outcome(), calls()),
        (Some(85071), Outcome::Unknown, 4)
    );
}
