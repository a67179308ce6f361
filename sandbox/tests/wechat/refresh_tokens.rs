//! What becomes of a merchant's refresh token when the next one is issued.

use std::time::Duration;

use jumpqr_sandbox::{
    COMPONENT_APPID, Fault, Interface, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID,
};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode, read_to_end};
use crate::platform_caller::{
    ask_authorizer, authorize, component_token, listed_refresh_token, rotating, text, use_it,
};

/// A caller, and a platform's token, where the old refresh token lives until the next access token
/// is used.
fn lenient() -> (Caller, String) {
    let caller = rotating("dies_at_first_use");
    let component = component_token(&caller);
    (caller, component)
}

/// The access token and the refresh token in an answer.
fn both(answer: &Value) -> (String, String) {
    let refresh_token = text(answer, "authorizer_refresh_token");
    (text(answer, "authorizer_access_token"), refresh_token)
}

#[test]
fn the_same_one_is_answered_and_goes_on_working() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let ask = || ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    let (first, same) = both(&ask());
    assert_eq!(same, refresh_token);
    let (second, same) = both(&ask());
    assert_eq!(same, refresh_token);
    assert_ne!(first, second);
    for access_token in [first, second] {
        assert_eq!(use_it(&caller, &access_token), 0);
        assert_eq!(both(&ask()).1, refresh_token);
    }
    let listed = listed_refresh_token(&caller, &component, MINI_PROGRAM_APPID);
    assert_eq!(listed, refresh_token);
}

#[test]
fn the_old_one_may_live_for_5_more_minutes() {
    let caller = rotating("dies_after_five_minutes");
    let component = component_token(&caller);
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let (access_token, second) = both(&ask(&first));
    assert_ne!(first, second);
    // One second passes.
    assert_eq!(use_it(&caller, &access_token), 0);
    caller.sandbox.advance(Duration::from_secs(298));
    both(&ask(&first));
    caller.sandbox.advance(Duration::from_secs(1));
    assert_eq!(errcode(&ask(&first)), 61023);
    both(&ask(&second));
}

#[test]
fn the_old_one_may_live_until_the_next_access_token_is_used() {
    let (caller, component) = lenient();
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let (_, lost) = both(&ask(&first));
    let (access_token, third) = both(&ask(&first));
    assert_ne!(lost, third);
    assert_eq!(use_it(&caller, caller.mini_program_token()), 0);
    both(&ask(&first));

    assert_eq!(use_it(&caller, &access_token), 0);
    for dead in [&first, &lost] {
        assert_eq!(errcode(&ask(dead)), 61023);
    }
    let (access_token, fifth) = both(&ask(&third));
    assert_eq!(use_it(&caller, &access_token), 0);
    assert_eq!(errcode(&ask(&third)), 61023);
    both(&ask(&fifth));
}

#[test]
fn the_latest_access_token_kills_all_that_is_older() {
    let (caller, component) = lenient();
    let ask = |refresh_token: &str| {
        ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, refresh_token)
    };
    let first = authorize(&caller, MINI_PROGRAM_APPID, None);
    let (_, second) = both(&ask(&first));
    let (access_token, third) = both(&ask(&second));
    assert_eq!(use_it(&caller, &access_token), 0);
    for dead in [&first, &second] {
        assert_eq!(errcode(&ask(dead)), 61023);
    }
    let again = authorize(&caller, MINI_PROGRAM_APPID, None);
    assert_eq!(errcode(&ask(&third)), 61023, "authorised again");

    both(&ask(&again));
    let strict = json!({"old_refresh_token": "dies_at_once"});
    caller
        .sandbox
        .control("PUT", "/sandbox/tokens", strict)
        .unwrap();
    both(&ask(&again));
    assert_eq!(errcode(&ask(&again)), 61023, "from now on at once");
}

#[test]
fn the_answers_of_the_next_ones_get_lost_after_the_rotation() {
    let caller = rotating("dies_at_once");
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
        let (answer, error) = read_to_end(&mut connection);
        assert_eq!(answer, b"");
        assert_eq!(error, Some(std::io::ErrorKind::ConnectionReset));
        let dead = ask_authorizer(&caller, &component, service_account, &present);
        assert_eq!(errcode(&dead), 61023);
        let next = listed_refresh_token(&caller, &component, mini_program);
        assert_ne!(next, present, "it was rotated");
        present = next;
    }
    both(&ask_authorizer(&caller, &component, mini_program, &present));
    both(&ask_authorizer(
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
