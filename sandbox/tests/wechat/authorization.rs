//! What a merchant has authorised, and what happens to its old refresh tokens.

use std::time::Duration;

use jumpqr_sandbox::{
    COMPONENT_APPID, Fault, Interface, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::{Value, json};

use crate::caller::{Caller, SERVICE_PREFIX, errcode, read_to_end, service_rule};
use crate::platform_caller::{
    OTHER_PLATFORM, ask_authorizer, authorize, authorizer_token, component_token, list_rules,
    listed_refresh_token, new_rotating_caller, text,
};

/// Starts a sandbox in which an old refresh token works until the next access token is used. Also
/// returns a component token.
fn new_lenient_caller() -> (Caller, String) {
    let caller = new_rotating_caller("dies_at_first_use");
    let component = component_token(&caller);
    (caller, component)
}

/// Returns the access token and the refresh token of a response.
fn token_pair(response: &Value) -> (String, String) {
    let refresh_token = text(response, "authorizer_refresh_token");
    (text(response, "authorizer_access_token"), refresh_token)
}

#[test]
fn by_default_the_refresh_token_stays_and_keeps_working() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let ask = || ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    let (first, same) = token_pair(&ask());
    assert_eq!(same, refresh_token);
    let (second, same) = token_pair(&ask());
    assert_eq!(same, refresh_token);
    assert_ne!(first, second);
    for access_token in [first, second] {
        assert_eq!(list_rules(&caller, &access_token), 0);
        assert_eq!(token_pair(&ask()).1, refresh_token);
    }
    let listed = listed_refresh_token(&caller, &component, MINI_PROGRAM_APPID);
    assert_eq!(listed, refresh_token);
}

#[test]
fn an_old_refresh_token_may_work_for_5_more_minutes() {
    let caller = new_rotating_caller("dies_after_five_minutes");
    let component = component_token(&caller);
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let (access_token, second) = token_pair(&ask(&first));
    assert_ne!(first, second);
    // The call takes one second.
    assert_eq!(list_rules(&caller, &access_token), 0);
    caller.sandbox.advance(Duration::from_secs(298));
    token_pair(&ask(&first));
    caller.sandbox.advance(Duration::from_secs(1));
    assert_eq!(errcode(&ask(&first)), 61023);
    token_pair(&ask(&second));
}

#[test]
fn an_old_refresh_token_may_work_until_the_next_access_token_is_used() {
    let (caller, component) = new_lenient_caller();
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let (_, lost) = token_pair(&ask(&first));
    let (access_token, third) = token_pair(&ask(&first));
    assert_ne!(lost, third);
    assert_eq!(list_rules(&caller, caller.mini_program_token()), 0);
    token_pair(&ask(&first));

    assert_eq!(list_rules(&caller, &access_token), 0);
    for dead in [&first, &lost] {
        assert_eq!(errcode(&ask(dead)), 61023);
    }
    let (access_token, fifth) = token_pair(&ask(&third));
    assert_eq!(list_rules(&caller, &access_token), 0);
    assert_eq!(errcode(&ask(&third)), 61023);
    token_pair(&ask(&fifth));
}

#[test]
fn using_the_latest_access_token_kills_all_older_refresh_tokens() {
    let (caller, component) = new_lenient_caller();
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let (_, second) = token_pair(&ask(&first));
    let (access_token, third) = token_pair(&ask(&second));
    assert_eq!(list_rules(&caller, &access_token), 0);
    for dead in [&first, &second] {
        assert_eq!(errcode(&ask(dead)), 61023);
    }
    let again = authorize(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(errcode(&ask(&third)), 61023, "authorised again");

    token_pair(&ask(&again));
    let strict = json!({"old_refresh_token": "dies_at_once"});
    caller
        .sandbox
        .control("PUT", "/sandbox/tokens", strict)
        .unwrap();
    token_pair(&ask(&again));
    assert_eq!(
        errcode(&ask(&again)),
        61023,
        "the old one dies at once from now on"
    );
}

#[test]
fn an_old_refresh_token_survives_lost_responses() {
    let caller = new_rotating_caller("dies_at_once");
    let component = component_token(&caller);
    let reset = Fault::reset()
        .on(Interface::ApiAuthorizerToken)
        .account(MINI_PROGRAM_APPID)
        .after_applying();
    caller.sandbox.inject(reset.times(2)).unwrap();
    let refresh_tokens = [MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID]
        .map(|appid| (appid, authorize(&caller, appid, None)));
    let [(mini_program, mut present), (service_account, other)] = refresh_tokens;
    for _ in 0..2 {
        let body = json!({
            "component_appid": COMPONENT_APPID, "authorizer_appid": mini_program,
            "authorizer_refresh_token": present,
        })
        .to_string();
        let mut connection = caller.send_raw(&format!(
            "POST /cgi-bin/component/api_authorizer_token?access_token={component} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: {}\r\n\r\n{body}",
            caller.sandbox.port(),
            body.len()
        ));
        let (response, error) = read_to_end(&mut connection);
        assert_eq!(response, b"");
        assert_eq!(error, Some(std::io::ErrorKind::ConnectionReset));
        let dead = ask_authorizer(&caller, &component, service_account, &present);
        assert_eq!(errcode(&dead), 61023);
        let next = listed_refresh_token(&caller, &component, mini_program);
        assert_ne!(next, present, "it was rotated");
        present = next;
    }
    token_pair(&ask_authorizer(&caller, &component, mini_program, &present));
    token_pair(&ask_authorizer(
        &caller,
        &component,
        service_account,
        &other,
    ));
    assert_eq!(
        caller.sandbox.counters().tokens_issued[&Interface::ApiAuthorizerToken],
        4
    );
}

#[test]
fn a_rotated_refresh_token_gets_61023() {
    let caller = new_rotating_caller("dies_at_once");
    let component = component_token(&caller);
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let second = text(&ask(&first), "authorizer_refresh_token");
    assert_ne!(first, second);
    let response = ask(&first);
    assert_eq!(errcode(&response), 61023);
    assert!(response.get("authorizer_access_token").is_none());
    let third = text(&ask(&second), "authorizer_refresh_token");

    let again = authorize(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(errcode(&ask(&third)), 61023, "authorised again");
    text(&ask(&again), "authorizer_refresh_token");
    assert_eq!(errcode(&ask("")), 61023);
}

#[test]
fn a_refresh_token_works_for_one_platform_and_one_account() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let mini = authorize(&caller, MINI_PROGRAM_APPID, None);
    let response = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, &mini);
    assert_eq!(errcode(&response), 61003, "not authorised");
    authorize(&caller, SERVICE_ACCOUNT_APPID, None);
    let response = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, &mini);
    assert_eq!(errcode(&response), 61023);
    let response = ask_authorizer(&caller, &component, "wx9999999999999999", &mini);
    assert_eq!(errcode(&response), 40013);

    caller
        .sandbox
        .put_platform(Platform::new(OTHER_PLATFORM, "s"));
    let other = caller
        .sandbox
        .authorize(OTHER_PLATFORM, MINI_PROGRAM_APPID, None)
        .unwrap();
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, other.expose());
    assert_eq!(errcode(&response), 61023);
    let body = json!({
        "component_appid": OTHER_PLATFORM, "authorizer_appid": MINI_PROGRAM_APPID,
        "authorizer_refresh_token": other.expose(),
    });
    let path = format!("/cgi-bin/component/api_authorizer_token?access_token={component}");
    assert_eq!(errcode(&caller.post(&path, &body.to_string())), 40013);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &mini);
    text(&response, "authorizer_access_token");
}

#[test]
fn a_call_without_the_authorised_permission_set_gets_61007() {
    let caller = Caller::new();
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, Some(&[17, 19]));
    assert_eq!(list_rules(&caller, &token), 61007);
    assert_eq!(list_rules(&caller, caller.mini_program_token()), 0);
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, Some(&[17, 18]));
    assert_eq!(list_rules(&caller, &token), 0);

    let token = authorizer_token(&caller, SERVICE_ACCOUNT_APPID, Some(&[3]));
    assert_eq!(
        errcode(&caller.call("wxamplinkget", &token, &json!({}))),
        61007
    );
    let rule = service_rule(SERVICE_PREFIX);
    assert_eq!(errcode(&caller.call("qrcodejumpadd", &token, &rule)), 0);
    let token = authorizer_token(&caller, SERVICE_ACCOUNT_APPID, Some(&[33]));
    assert_eq!(errcode(&caller.call("wxamplinkget", &token, &json!({}))), 0);
    let response = caller.call("qrcodejumpadd", &token, &rule);
    assert_eq!(errcode(&response), 61007);
}

#[test]
fn a_new_authorisation_keeps_the_permission_sets_by_default() {
    let caller = Caller::new();
    authorize(&caller, MINI_PROGRAM_APPID, Some(&[17]));
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(list_rules(&caller, &token), 61007);
}

#[test]
fn a_revoked_authorisation_gets_61003() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    let token = text(&response, "authorizer_access_token");
    let refresh_token = text(&response, "authorizer_refresh_token");
    caller
        .sandbox
        .revoke(COMPONENT_APPID, MINI_PROGRAM_APPID)
        .unwrap();
    assert_eq!(list_rules(&caller, &token), 61003);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(errcode(&response), 61003);
    assert_eq!(list_rules(&caller, caller.mini_program_token()), 0);

    authorize(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(list_rules(&caller, &token), 40001, "the token stays dead");
    caller
        .sandbox
        .revoke(COMPONENT_APPID, MINI_PROGRAM_APPID)
        .unwrap();
    let twice = caller.sandbox.revoke(COMPONENT_APPID, MINI_PROGRAM_APPID);
    assert_eq!(twice.unwrap_err().http_status(), 404);
}

#[test]
fn a_lost_response_may_lose_the_refresh_token() {
    let caller = new_rotating_caller("dies_at_once");
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let lost = Fault::errcode(-1).on(Interface::ApiAuthorizerToken);
    caller.sandbox.inject(lost.clone()).unwrap();
    let ask = || ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(errcode(&ask()), -1);
    caller.sandbox.inject(lost.after_applying()).unwrap();
    assert_eq!(errcode(&ask()), -1);
    assert_eq!(errcode(&ask()), 61023);
}
