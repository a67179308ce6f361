//! How a platform gets a merchant's token and calls with it.

use std::collections::BTreeSet;
use std::time::Duration;

use jumpqr_sandbox::{
    AUTHORIZER_REFRESH_TOKEN, COMPONENT_APPID, COMPONENT_APPSECRET, COMPONENT_VERIFY_TICKET, Fault,
    Interface, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::json;

use crate::caller::{Caller, PREFIX, SERVICE_PREFIX, errcode, ordinary_rule, service_rule};
use crate::platform_caller::{
    ask_authorizer, ask_component, authorize, authorizer_token, component_request, component_token,
    list_rules, text, ticket,
};

fn advance(caller: &Caller, seconds: u64) {
    caller.sandbox.advance(Duration::from_secs(seconds));
}

#[test]
fn a_platform_calls_for_a_merchant() {
    let caller = Caller::new();
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let component = component_token(&caller);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(response["expires_in"], 7200);
    let token = text(&response, "authorizer_access_token");
    let added = caller.call("qrcodejumpadd", &token, &ordinary_rule(PREFIX));
    assert_eq!(errcode(&added), 0);
    assert_eq!(
        caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap()[0].prefix,
        PREFIX
    );

    let token = authorizer_token(&caller, SERVICE_ACCOUNT_APPID, None);
    let added = caller.call("qrcodejumpadd", &token, &service_rule(SERVICE_PREFIX));
    assert_eq!(errcode(&added), 0);
}

#[test]
fn the_initial_platform_can_call_for_the_initial_mini_program() {
    let caller = Caller::new();
    for _ in 0..2 {
        let response = ask_component(&caller, &component_request(COMPONENT_VERIFY_TICKET));
        let component = text(&response, "component_access_token");
        let response = ask_authorizer(
            &caller,
            &component,
            MINI_PROGRAM_APPID,
            AUTHORIZER_REFRESH_TOKEN,
        );
        let token = text(&response, "authorizer_access_token");
        assert_eq!(list_rules(&caller, &token), 0);
        assert_eq!(ticket(&caller), COMPONENT_VERIFY_TICKET);
        let requests = format!("{:?}", caller.sandbox.requests());
        for secret in [COMPONENT_VERIFY_TICKET, AUTHORIZER_REFRESH_TOKEN] {
            assert!(!requests.contains(secret), "{requests}");
        }
        caller.sandbox.reset();
    }
}

#[test]
fn both_names_of_the_query_field_are_accepted() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let body = json!({
        "component_appid": COMPONENT_APPID, "authorizer_appid": MINI_PROGRAM_APPID,
        "authorizer_refresh_token": refresh_token,
    })
    .to_string();
    let path = "/cgi-bin/component/api_authorizer_token";
    assert_eq!(errcode(&caller.post(path, &body)), 41001);
    let response = caller.post(&format!("{path}?component_access_token={component}"), &body);
    text(&response, "authorizer_access_token");
}

#[test]
fn a_token_of_the_wrong_kind_is_refused() {
    let caller = Caller::new();
    let component = component_token(&caller);
    for name in [
        "qrcodejumpadd",
        "qrcodejumpget",
        "qrcodejumppublish",
        "qrcodejumpdelete",
        "qrcodejumpdownload",
    ] {
        let response = caller.call(name, &component, &json!({}));
        assert_eq!(errcode(&response), 48001, "{name}");
    }
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    for token in [
        caller.mini_program_token(),
        &authorizer_token(&caller, SERVICE_ACCOUNT_APPID, None),
    ] {
        let response = ask_authorizer(&caller, token, MINI_PROGRAM_APPID, &refresh_token);
        assert_eq!(errcode(&response), 61014);
    }
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    text(&response, "authorizer_refresh_token");
}

#[test]
fn the_platform_and_the_account_set_the_lifetime_of_their_tokens() {
    let caller = Caller::new();
    let mut platform = Platform::new(COMPONENT_APPID, COMPONENT_APPSECRET);
    platform.token_lifetime = Duration::from_secs(20);
    caller.sandbox.put_platform(platform);
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.token_lifetime = Duration::from_secs(10);
    caller.sandbox.put_account(account);

    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let component = component_token(&caller);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(response["expires_in"], 10);
    let token = text(&response, "authorizer_access_token");
    let refresh_token = text(&response, "authorizer_refresh_token");
    advance(&caller, 8);
    assert_eq!(list_rules(&caller, &token), 0);
    assert_eq!(list_rules(&caller, &token), 42001);
    advance(&caller, 10);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(errcode(&response), 42001, "the component token has expired");
    let component = component_token(&caller);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    text(&response, "authorizer_access_token");
}

#[test]
fn faults_apply_to_the_merchant_and_token_death_to_the_component_token() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let mini = authorize(&caller, MINI_PROGRAM_APPID, None);
    let service = authorize(&caller, SERVICE_ACCOUNT_APPID, None);
    let busy = Fault::errcode(-1).account(MINI_PROGRAM_APPID).forever();
    caller.sandbox.inject(busy).unwrap();
    let response = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, &service);
    let of_service = text(&response, "authorizer_access_token");
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &mini);
    assert_eq!(errcode(&response), -1);
    caller.sandbox.clear_faults();

    let death = Fault::token_death().on(Interface::ApiAuthorizerToken);
    caller.sandbox.inject(death).unwrap();
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &mini);
    assert_eq!(errcode(&response), 40001);
    let response = caller.call("wxamplinkget", &of_service, &json!({}));
    assert_eq!(
        errcode(&response),
        0,
        "the merchants' tokens are still valid"
    );
    let response = ask_authorizer(
        &caller,
        &component_token(&caller),
        MINI_PROGRAM_APPID,
        &mini,
    );
    text(&response, "authorizer_access_token");
}

#[test]
fn removing_a_platform_or_account_removes_its_tokens() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, Some(&[18]));
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}");
    let remove = |path: &str| caller.sandbox.control("DELETE", path, json!({})).unwrap();
    remove(&path);
    assert_eq!(list_rules(&caller, &token), 40001);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, "R");
    assert_eq!(errcode(&response), 40001);
    let none = caller
        .sandbox
        .authorize(COMPONENT_APPID, MINI_PROGRAM_APPID, Some(BTreeSet::new()));
    assert_eq!(none.unwrap_err().http_status(), 404);

    caller.sandbox.reset();
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    remove(&format!("/sandbox/accounts/{MINI_PROGRAM_APPID}"));
    let component = component_token(&caller);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(errcode(&response), 40013);
    assert_eq!(caller.get(&format!("{path}/authorizers")), json!([]));
}
