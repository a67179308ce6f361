//! Codes are issued, exchanged once, and expire.

use std::time::Duration;

use jumpqr_sandbox::{
    COMPONENT_APPID, Fault, Interface, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};
use crate::platform_caller::{
    OTHER_PLATFORM, ask_authorizer, authorize_by_code, component_token, exchange, list_rules,
    listed_refresh_token, pre_auth_code, text,
};

#[test]
fn a_code_is_exchanged_once_for_the_merchants_tokens_and_permission_sets() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let code = authorize_by_code(&caller, SERVICE_ACCOUNT_APPID, &json!([3, 33]));
    let response = exchange(&caller, &component, &code);
    let info = &response["authorization_info"];
    assert_eq!(info["authorizer_appid"], SERVICE_ACCOUNT_APPID);
    assert_eq!(info["expires_in"], 7200);
    let sets: Vec<_> = info["func_info"].as_array().unwrap().iter().collect();
    assert_eq!(sets[0]["funcscope_category"], json!({"id": 3}));
    assert_eq!(sets[0]["confirm_info"]["need_confirm"], 0);
    assert_eq!(sets[1]["funcscope_category"], json!({"id": 33}));
    let token = info["authorizer_access_token"].as_str().unwrap();
    assert_eq!(errcode(&caller.call("wxamplinkget", token, &json!({}))), 0);
    let refresh_token = info["authorizer_refresh_token"].as_str().unwrap();
    let renewed = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, refresh_token);
    text(&renewed, "authorizer_access_token");
    assert_eq!(
        errcode(&exchange(&caller, &component, &code)),
        61009,
        "it works once"
    );
}

#[test]
fn the_list_has_the_refresh_token_only_after_the_first_exchange() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let code = authorize_by_code(&caller, SERVICE_ACCOUNT_APPID, &json!([3]));
    let listed = || {
        let path = format!("/cgi-bin/component/api_get_authorizer_list?access_token={component}");
        let body = json!({"component_appid": COMPONENT_APPID, "offset": 0, "count": 500});
        let response = caller.post(&path, &body.to_string());
        assert_eq!(response["total_count"], 2);
        let mut list = response["list"].as_array().unwrap().clone();
        list.retain(|entry| entry["authorizer_appid"] == SERVICE_ACCOUNT_APPID);
        list[0]["refresh_token"].clone()
    };
    assert_eq!(listed(), Value::Null);
    let lost = Fault::errcode(-1).on(Interface::ApiQueryAuth);
    caller.sandbox.inject(lost.after_applying()).unwrap();
    assert_eq!(errcode(&exchange(&caller, &component, &code)), -1);
    let refresh_token = listed();
    let response = ask_authorizer(
        &caller,
        &component,
        SERVICE_ACCOUNT_APPID,
        refresh_token.as_str().unwrap(),
    );
    text(&response, "authorizer_access_token");

    authorize_by_code(&caller, SERVICE_ACCOUNT_APPID, &json!([3, 33]));
    let present = listed();
    assert!(
        present.is_string(),
        "the platform has known the merchant before"
    );
    assert_ne!(present, refresh_token);
}

#[test]
fn a_code_of_a_redirect_works_for_10_minutes_and_the_one_of_a_push_for_an_hour() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let authorize = || authorize(&caller);
    let (redirected, pushed) = authorize();
    caller.sandbox.advance(Duration::from_secs(599));
    exchange_ok(&caller, &component, &redirected);
    exchange_ok(&caller, &component, &pushed);

    let (redirected, pushed) = authorize();
    caller.sandbox.advance(Duration::from_secs(600));
    assert_eq!(errcode(&exchange(&caller, &component, &redirected)), 61010);
    caller.sandbox.advance(Duration::from_secs(2999));
    exchange_ok(&caller, &component, &pushed);
    let (_, late) = authorize();
    caller.sandbox.advance(Duration::from_secs(3600));
    let component = component_token(&caller);
    assert_eq!(errcode(&exchange(&caller, &component, &late)), 61010);
}

/// Makes the service account authorise the platform after it has ended that. Returns the code of
/// the redirect and the one of the push.
fn authorize(caller: &Caller) -> (String, String) {
    // The first time, there is nothing to end.
    let _ = caller
        .sandbox
        .revoke(COMPONENT_APPID, SERVICE_ACCOUNT_APPID);
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{SERVICE_ACCOUNT_APPID}");
    let response = caller
        .sandbox
        .control("PUT", &path, json!({"exchanged": false}));
    let response = response.unwrap();
    assert_eq!(response["expires_in"], 600);
    let event = &response["event"];
    (
        text(&response, "authorization_code"),
        text(event, "AuthorizationCode"),
    )
}

fn exchange_ok(caller: &Caller, component: &str, code: &str) {
    let response = exchange(caller, component, code);
    text(&response["authorization_info"], "authorizer_refresh_token");
}

#[test]
fn each_wrong_exchange_gets_its_own_code() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let code = authorize_by_code(&caller, SERVICE_ACCOUNT_APPID, &json!([3]));
    let link = pre_auth_code(&caller, &component);
    for wrong in ["", "queryauthcode@@@wrong", &link] {
        assert_eq!(
            errcode(&exchange(&caller, &component, wrong)),
            61009,
            "{wrong}"
        );
    }
    caller
        .sandbox
        .put_platform(Platform::new(OTHER_PLATFORM, "s"));
    let path = format!("/sandbox/platforms/{OTHER_PLATFORM}/authorizers/{MINI_PROGRAM_APPID}");
    let others = caller
        .sandbox
        .control("PUT", &path, json!({"exchanged": false}));
    let others = text(&others.unwrap(), "authorization_code");
    assert_eq!(errcode(&exchange(&caller, &component, &others)), 61009);

    let revoked = caller
        .sandbox
        .revoke(COMPONENT_APPID, SERVICE_ACCOUNT_APPID);
    revoked.unwrap();
    assert_eq!(errcode(&exchange(&caller, &component, &code)), 61009);
    let mini_program = caller.mini_program_token();
    assert_eq!(errcode(&exchange(&caller, mini_program, &code)), 61014);
    assert_eq!(errcode(&exchange(&caller, "89_wrong", &code)), 40001);
}

#[test]
fn the_token_of_an_exchange_is_counted_and_superseded_by_the_next() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let code = authorize_by_code(&caller, MINI_PROGRAM_APPID, &json!([18]));
    let response = exchange(&caller, &component, &code);
    let info = &response["authorization_info"];
    let refresh_token = text(info, "authorizer_refresh_token");
    let token = text(info, "authorizer_access_token");
    ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(list_rules(&caller, &token), 0, "for 5 more minutes");
    caller.sandbox.advance(Duration::from_secs(300));
    assert_eq!(list_rules(&caller, &token), 40001);
    assert_eq!(
        listed_refresh_token(&caller, &component, MINI_PROGRAM_APPID),
        refresh_token
    );

    let counters = caller.sandbox.counters();
    assert_eq!(counters.tokens_issued[&Interface::ApiQueryAuth], 1);
    assert_eq!(counters.tokens_issued[&Interface::ApiAuthorizerToken], 1);
    let of_merchant = &counters.token_calls_by_appid[MINI_PROGRAM_APPID];
    assert_eq!(of_merchant[&Interface::ApiQueryAuth], 1);
    let of_platform = &counters.platform_calls[COMPONENT_APPID];
    assert_eq!(of_platform[&Interface::ApiQueryAuth], 1);
    assert_eq!(
        counters.business_calls, 3,
        "two lists of rules, one of merchants"
    );
    let other_form = "a-code-of-another-form";
    exchange(&caller, &component, other_form);
    let recorded = serde_json::to_string(&caller.sandbox.requests()).unwrap();
    assert!(recorded.contains("authorization_code"), "{recorded}");
    for code in ["queryauthcode@@@", other_form] {
        assert!(!recorded.contains(code), "{code} in {recorded}");
    }
}
