//! Third-party platforms: tickets, component tokens, authorizer tokens, what a merchant has
//! authorised.

use std::collections::BTreeSet;
use std::time::Duration;

use jumpqr_sandbox::{
    AUTHORIZER_REFRESH_TOKEN, COMPONENT_APPID, COMPONENT_APPSECRET, COMPONENT_VERIFY_TICKET, Fault,
    Interface, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::json;

use crate::caller::{Caller, PREFIX, SERVICE_PREFIX, errcode, ordinary_rule, service_rule, with};
use crate::platform_caller::{
    ask_authorizer, ask_component, authorize, authorizer_token, component_request, component_token,
    rotating, text, ticket, use_it,
};

const OTHER_PLATFORM: &str = "wx00000000000000cc";

fn pass(caller: &Caller, seconds: u64) {
    caller.sandbox.advance(Duration::from_secs(seconds));
}

#[test]
fn a_ticket_is_pushed_every_10_minutes_and_valid_for_12_hours() {
    let caller = Caller::new();
    let first = ticket(&caller);
    pass(&caller, 599);
    assert_eq!(ticket(&caller), first);
    pass(&caller, 1);
    assert_eq!(ticket(&caller), first, "the same once more");
    pass(&caller, 600);
    let second = ticket(&caller);
    assert_ne!(second, first);
    pass(&caller, 12 * 3600 - 601);
    let first = component_request(&first);
    text(&ask_component(&caller, &first), "component_access_token");
    pass(&caller, 1);
    assert_eq!(errcode(&ask_component(&caller, &first)), 61005);
    text(
        &ask_component(&caller, &component_request(&second)),
        "component_access_token",
    );
}

#[test]
fn a_platforms_wrong_credentials_are_told_apart() {
    let caller = Caller::new();
    let good = component_request(&ticket(&caller));
    caller
        .sandbox
        .put_platform(Platform::new(OTHER_PLATFORM, "s"));
    let of_other = caller.sandbox.push_ticket(OTHER_PLATFORM).unwrap();
    for (changes, code) in [
        (json!({"component_appid": null}), 41018),
        (json!({"component_appid": MINI_PROGRAM_APPID}), 40013),
        (json!({"component_appsecret": null}), 41004),
        (json!({"component_appsecret": "wrong"}), 40125),
        (json!({"component_verify_ticket": null}), 61006),
        (json!({"component_verify_ticket": "ticket@@@wrong"}), 61006),
        (json!({"component_verify_ticket": of_other.expose()}), 61006),
    ] {
        let answer = ask_component(&caller, &with(good.clone(), changes.clone()));
        assert_eq!(errcode(&answer), code, "{changes}");
    }
    let path = "/cgi-bin/component/api_component_token";
    assert_eq!(errcode(&caller.post(path, "")), 44002);
    assert_eq!(errcode(&caller.get(path)), 43002);
    assert_eq!(ask_component(&caller, &good)["expires_in"], 7200);
}

#[test]
fn a_platform_calls_for_a_merchant() {
    let caller = Caller::new();
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let component = component_token(&caller);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(answer["expires_in"], 7200);
    let token = text(&answer, "authorizer_access_token");
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
fn the_platform_of_every_sandbox_can_call_for_the_mini_program_at_once() {
    let caller = Caller::new();
    for _ in 0..2 {
        let answer = ask_component(&caller, &component_request(COMPONENT_VERIFY_TICKET));
        let component = text(&answer, "component_access_token");
        let answer = ask_authorizer(
            &caller,
            &component,
            MINI_PROGRAM_APPID,
            AUTHORIZER_REFRESH_TOKEN,
        );
        let token = text(&answer, "authorizer_access_token");
        assert_eq!(use_it(&caller, &token), 0);
        assert_eq!(ticket(&caller), COMPONENT_VERIFY_TICKET);
        let requests = format!("{:?}", caller.sandbox.requests());
        for secret in [COMPONENT_VERIFY_TICKET, AUTHORIZER_REFRESH_TOKEN] {
            assert!(!requests.contains(secret), "{requests}");
        }
        caller.sandbox.reset();
    }
}

#[test]
fn both_names_of_the_query_field_will_do() {
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
    let answer = caller.post(&format!("{path}?component_access_token={component}"), &body);
    text(&answer, "authorizer_access_token");
}

#[test]
fn a_refresh_token_may_work_once() {
    let caller = rotating("dies_at_once");
    let component = component_token(&caller);
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let second = text(&ask(&first), "authorizer_refresh_token");
    assert_ne!(first, second);
    let answer = ask(&first);
    assert_eq!(errcode(&answer), 61023);
    assert!(answer.get("authorizer_access_token").is_none());
    let third = text(&ask(&second), "authorizer_refresh_token");

    let again = authorize(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(errcode(&ask(&third)), 61023, "authorised again");
    text(&ask(&again), "authorizer_refresh_token");
    assert_eq!(errcode(&ask("")), 61023);
}

#[test]
fn a_refresh_token_is_of_one_platform_and_one_account() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let mini = authorize(&caller, MINI_PROGRAM_APPID, None);
    let answer = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, &mini);
    assert_eq!(errcode(&answer), 61003, "not authorised");
    authorize(&caller, SERVICE_ACCOUNT_APPID, None);
    let answer = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, &mini);
    assert_eq!(errcode(&answer), 61023);
    let answer = ask_authorizer(&caller, &component, "wx9999999999999999", &mini);
    assert_eq!(errcode(&answer), 40013);

    caller
        .sandbox
        .put_platform(Platform::new(OTHER_PLATFORM, "s"));
    let other = caller
        .sandbox
        .authorize(OTHER_PLATFORM, MINI_PROGRAM_APPID, None)
        .unwrap();
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, other.expose());
    assert_eq!(errcode(&answer), 61023);
    let body = json!({
        "component_appid": OTHER_PLATFORM, "authorizer_appid": MINI_PROGRAM_APPID,
        "authorizer_refresh_token": other.expose(),
    });
    let path = format!("/cgi-bin/component/api_authorizer_token?access_token={component}");
    assert_eq!(errcode(&caller.post(&path, &body.to_string())), 40013);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &mini);
    text(&answer, "authorizer_access_token");
}

#[test]
fn each_kind_of_token_is_for_its_own_interfaces() {
    let caller = Caller::new();
    let component = component_token(&caller);
    for name in [
        "qrcodejumpadd",
        "qrcodejumpget",
        "qrcodejumppublish",
        "qrcodejumpdelete",
        "qrcodejumpdownload",
    ] {
        let answer = caller.call(name, &component, &json!({}));
        assert_eq!(errcode(&answer), 48001, "{name}");
    }
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    for token in [
        caller.mini_program_token(),
        &authorizer_token(&caller, SERVICE_ACCOUNT_APPID, None),
    ] {
        let answer = ask_authorizer(&caller, token, MINI_PROGRAM_APPID, &refresh_token);
        assert_eq!(errcode(&answer), 61014);
    }
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    text(&answer, "authorizer_refresh_token");
}

#[test]
fn what_a_merchant_has_not_authorised_gets_61007() {
    let caller = Caller::new();
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, Some(&[17, 19]));
    assert_eq!(use_it(&caller, &token), 61007);
    assert_eq!(use_it(&caller, caller.mini_program_token()), 0);
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, Some(&[17, 18]));
    assert_eq!(use_it(&caller, &token), 0);

    let token = authorizer_token(&caller, SERVICE_ACCOUNT_APPID, Some(&[3]));
    assert_eq!(
        errcode(&caller.call("wxamplinkget", &token, &json!({}))),
        61007
    );
    let rule = service_rule(SERVICE_PREFIX);
    assert_eq!(errcode(&caller.call("qrcodejumpadd", &token, &rule)), 0);
    let token = authorizer_token(&caller, SERVICE_ACCOUNT_APPID, Some(&[33]));
    assert_eq!(errcode(&caller.call("wxamplinkget", &token, &json!({}))), 0);
    let answer = caller.call("qrcodejumpadd", &token, &rule);
    assert_eq!(errcode(&answer), 61007);
}

#[test]
fn authorising_again_keeps_the_permission_sets_if_none_are_given() {
    let caller = Caller::new();
    authorize(&caller, MINI_PROGRAM_APPID, Some(&[17]));
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(use_it(&caller, &token), 61007);
}

#[test]
fn a_merchant_that_takes_its_authorisation_back_gets_61003() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    let token = text(&answer, "authorizer_access_token");
    let refresh_token = text(&answer, "authorizer_refresh_token");
    caller
        .sandbox
        .revoke(COMPONENT_APPID, MINI_PROGRAM_APPID)
        .unwrap();
    assert_eq!(use_it(&caller, &token), 61003);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(errcode(&answer), 61003);
    assert_eq!(use_it(&caller, caller.mini_program_token()), 0);

    authorize(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(use_it(&caller, &token), 40001, "it stays dead");
    caller
        .sandbox
        .revoke(COMPONENT_APPID, MINI_PROGRAM_APPID)
        .unwrap();
    let twice = caller.sandbox.revoke(COMPONENT_APPID, MINI_PROGRAM_APPID);
    assert_eq!(twice.unwrap_err().http_status(), 404);
}

#[test]
fn tokens_live_as_long_as_their_platform_or_account_says() {
    let caller = Caller::new();
    let mut platform = Platform::new(COMPONENT_APPID, COMPONENT_APPSECRET);
    platform.token_lifetime = Duration::from_secs(20);
    caller.sandbox.put_platform(platform);
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.token_lifetime = Duration::from_secs(10);
    caller.sandbox.put_account(account);

    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let component = component_token(&caller);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(answer["expires_in"], 10);
    let token = text(&answer, "authorizer_access_token");
    let refresh_token = text(&answer, "authorizer_refresh_token");
    pass(&caller, 8);
    assert_eq!(use_it(&caller, &token), 0);
    assert_eq!(use_it(&caller, &token), 42001);
    pass(&caller, 10);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(
        errcode(&answer),
        42001,
        "the component token's time is over"
    );
    let component = component_token(&caller);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    text(&answer, "authorizer_access_token");
}

#[test]
fn a_lost_answer_may_cost_the_refresh_token() {
    let caller = rotating("dies_at_once");
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

#[test]
fn faults_find_the_merchant_and_token_death_the_component_token() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let mini = authorize(&caller, MINI_PROGRAM_APPID, None);
    let service = authorize(&caller, SERVICE_ACCOUNT_APPID, None);
    let busy = Fault::errcode(-1).account(MINI_PROGRAM_APPID).forever();
    caller.sandbox.inject(busy).unwrap();
    let answer = ask_authorizer(&caller, &component, SERVICE_ACCOUNT_APPID, &service);
    let of_service = text(&answer, "authorizer_access_token");
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &mini);
    assert_eq!(errcode(&answer), -1);
    caller.sandbox.clear_faults();

    let death = Fault::token_death().on(Interface::ApiAuthorizerToken);
    caller.sandbox.inject(death).unwrap();
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &mini);
    assert_eq!(errcode(&answer), 40001);
    let answer = caller.call("wxamplinkget", &of_service, &json!({}));
    assert_eq!(errcode(&answer), 0, "the merchants' tokens live on");
    let answer = ask_authorizer(
        &caller,
        &component_token(&caller),
        MINI_PROGRAM_APPID,
        &mini,
    );
    text(&answer, "authorizer_access_token");
}

#[test]
fn what_is_removed_takes_its_tokens_along() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let token = authorizer_token(&caller, MINI_PROGRAM_APPID, Some(&[18]));
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}");
    let remove = |path: &str| caller.sandbox.control("DELETE", path, json!({})).unwrap();
    remove(&path);
    assert_eq!(use_it(&caller, &token), 40001);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, "R");
    assert_eq!(errcode(&answer), 40001);
    let none = caller
        .sandbox
        .authorize(COMPONENT_APPID, MINI_PROGRAM_APPID, Some(BTreeSet::new()));
    assert_eq!(none.unwrap_err().http_status(), 404);

    caller.sandbox.reset();
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    remove(&format!("/sandbox/accounts/{MINI_PROGRAM_APPID}"));
    let component = component_token(&caller);
    let answer = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    assert_eq!(errcode(&answer), 40013);
    assert_eq!(caller.get(&format!("{path}/authorizers")), json!([]));
}
