use std::time::Duration;

use jumpqr_sandbox::{
    Account, COMPONENT_APPID, Fault, Interface, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::{Value, json};

use crate::caller::{Caller, NOW, errcode, with_fields};
use crate::platform_caller::{ask_authorizer, authorize, component_token, new_rotating_caller};

const LIST: &str = "/cgi-bin/component/api_get_authorizer_list";

fn request(offset: i64, count: i64) -> Value {
    json!({"component_appid": COMPONENT_APPID, "offset": offset, "count": count})
}

fn ask(caller: &Caller, token: &str, body: &Value) -> Value {
    caller.post(&format!("{LIST}?access_token={token}"), &body.to_string())
}

/// Requests a page and returns its appids.
fn page(caller: &Caller, token: &str, offset: i64, count: i64) -> Vec<String> {
    let response = ask(caller, token, &request(offset, count));
    let list = response["list"].as_array().unwrap().iter();
    list.map(|entry| entry["authorizer_appid"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_list_has_a_refresh_token_whose_response_was_lost() {
    let caller = new_rotating_caller("dies_at_once");
    let token = component_token(&caller);
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let renew =
        |refresh_token: &str| ask_authorizer(&caller, &token, MINI_PROGRAM_APPID, refresh_token);
    let lost = Fault::errcode(-1).on(Interface::ApiAuthorizerToken);
    caller.sandbox.inject(lost.after_applying()).unwrap();
    caller.sandbox.advance(Duration::from_secs(60));
    renew(&first);
    assert_eq!(errcode(&renew(&first)), 61023);

    let response = ask(&caller, &token, &request(0, 500));
    let found = response["list"][0]["refresh_token"].as_str().unwrap();
    assert_eq!(
        response,
        json!({
            "total_count": 1,
            "list": [{"authorizer_appid": MINI_PROGRAM_APPID, "refresh_token": found, "auth_time": NOW}],
        })
    );
    assert!(renew(found).get("authorizer_access_token").is_some());
}

#[test]
fn the_pages_have_each_merchant_of_the_platform_once() {
    let caller = Caller::new();
    for appid in ["wx00000000000000a1", "wx00000000000000a2"] {
        caller
            .sandbox
            .put_account(Account::mini_program(appid, "a"));
        authorize(&caller, appid, None);
    }
    authorize(&caller, SERVICE_ACCOUNT_APPID, None);
    let other = "wx00000000000000cc";
    caller
        .sandbox
        .put_platform(Platform::new(other, "a-secret"));
    let foreign_token = caller.sandbox.authorize(other, "wx00000000000000a1", None);
    foreign_token.unwrap();
    caller
        .sandbox
        .revoke(COMPONENT_APPID, "wx00000000000000a1")
        .unwrap();

    let token = component_token(&caller);
    let all = [
        "wx00000000000000a2",
        SERVICE_ACCOUNT_APPID,
        MINI_PROGRAM_APPID,
    ];
    assert_eq!(page(&caller, &token, 0, 500), all);
    assert_eq!(page(&caller, &token, 0, 2), all[..2]);
    assert_eq!(page(&caller, &token, 2, 2), all[2..]);
    assert!(page(&caller, &token, 3, 1).is_empty());
    let response = ask(&caller, &token, &request(3, 1));
    assert_eq!(response["total_count"], 3);
}

#[test]
fn each_wrong_request_gets_its_own_code() {
    let caller = Caller::new();
    let token = component_token(&caller);
    let good = request(0, 10);
    for (changes, code) in [
        (json!({"component_appid": null}), 40013),
        (json!({"component_appid": MINI_PROGRAM_APPID}), 40013),
        (json!({"offset": null}), 40097),
        (json!({"offset": -1}), 40097),
        (json!({"count": null}), 40097),
        (json!({"count": "many"}), 40097),
        (json!({"count": 501}), 40170),
    ] {
        let response = ask(&caller, &token, &with_fields(good.clone(), changes.clone()));
        assert_eq!(errcode(&response), code, "{changes}");
    }
    assert_eq!(errcode(&caller.post(LIST, &good.to_string())), 41001);
    let response = ask(&caller, caller.mini_program_token(), &good);
    assert_eq!(errcode(&response), 61014);
    assert_eq!(errcode(&ask(&caller, "89_wrong", &json!({}))), 40001);
    let older = format!("{LIST}?component_access_token={token}");
    assert!(caller.post(&older, &good.to_string())["list"].is_array());
}

#[test]
fn faults_apply_to_the_platform_and_its_tokens() {
    let caller = Caller::new();
    let token = component_token(&caller);
    let busy = Fault::errcode(-1).account(COMPONENT_APPID);
    caller.sandbox.inject(busy).unwrap();
    let good = request(0, 10);
    assert_eq!(errcode(&ask(&caller, &token, &good)), -1);
    let death = Fault::token_death().on(Interface::ApiGetAuthorizerList);
    caller.sandbox.inject(death).unwrap();
    assert_eq!(errcode(&ask(&caller, &token, &good)), 40001);
    let list = ask(&caller, &component_token(&caller), &good);
    assert!(list["list"].is_array(), "{list}");
}
