//! What happens to authorisations, and what WeChat would push.

use std::time::Duration;

use jumpqr_sandbox::{
    COMPONENT_APPID, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID, Sandbox,
};
use serde_json::{Value, json};

use crate::caller::{Caller, NOW, errcode};
use crate::platform_caller::{
    OTHER_PLATFORM, ask_authorizer, authorize, component_token, listed_refresh_token,
    new_rotating_caller, text,
};

fn path(appid: &str) -> String {
    format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{appid}")
}

fn control(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    sandbox.control(method, path, body).unwrap()
}

#[test]
fn each_change_of_an_authorisation_is_an_event() {
    let caller = Caller::new();
    let path = path(SERVICE_ACCOUNT_APPID);
    let put = |sets: Value| {
        let form = json!({"permission_sets": sets, "exchanged": false});
        control(&caller.sandbox, "PUT", &path, form)["event"].clone()
    };
    let event = put(json!([3]));
    assert_eq!(
        event,
        json!({
            "AppId": COMPONENT_APPID, "CreateTime": NOW, "InfoType": "authorized",
            "AuthorizerAppid": SERVICE_ACCOUNT_APPID,
            "AuthorizationCode": event["AuthorizationCode"],
            "AuthorizationCodeExpiredTime": NOW + 3600, "PreAuthCode": event["PreAuthCode"],
        })
    );
    assert!(text(&event, "AuthorizationCode").starts_with("queryauthcode@@@"));
    assert!(text(&event, "PreAuthCode").starts_with("preauthcode@@@"));
    assert_eq!(put(json!([3])), Value::Null, "the same permission sets");
    assert_eq!(put(json!([3, 33]))["InfoType"], "updateauthorized");

    caller.sandbox.advance(Duration::from_secs(7));
    assert_eq!(
        control(&caller.sandbox, "DELETE", &path, json!({}))["event"],
        json!({
            "AppId": COMPONENT_APPID, "CreateTime": NOW + 7, "InfoType": "unauthorized",
            "AuthorizerAppid": SERVICE_ACCOUNT_APPID,
        })
    );
    assert_eq!(put(json!([3, 33]))["InfoType"], "authorized", "again");
}

#[test]
fn a_platform_that_knows_the_refresh_token_gets_no_code() {
    let caller = Caller::new();
    let put = |form| control(&caller.sandbox, "PUT", &path(SERVICE_ACCOUNT_APPID), form);
    let known = put(json!({}));
    assert_eq!(known.as_object().unwrap().len(), 2, "{known}");
    text(&known, "authorizer_refresh_token");
    let unknown = put(json!({"exchanged": false}));
    assert!(
        unknown.get("authorizer_refresh_token").is_none(),
        "{unknown}"
    );
    text(&unknown, "authorization_code");
}

#[test]
fn all_refresh_tokens_of_a_platform_are_rotated_at_once() {
    for (old, is_alive) in [("stays", false), ("dies_at_once", false)]
        .into_iter()
        .chain([
            ("dies_after_five_minutes", true),
            ("dies_at_first_use", true),
        ])
    {
        let caller = new_rotating_caller(old);
        let component = component_token(&caller);
        caller
            .sandbox
            .put_platform(Platform::new(OTHER_PLATFORM, "s"));
        let appids = [MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID];
        let former = appids.map(|appid| authorize(&caller, appid, None));
        let rotate = |platform: &str| {
            let path = format!("/sandbox/platforms/{platform}/refresh_tokens");
            control(&caller.sandbox, "POST", &path, json!({}))
        };
        assert_eq!(rotate(OTHER_PLATFORM), json!({"rotated": 0}));
        assert_eq!(rotate(COMPONENT_APPID), json!({"rotated": 2}));
        for (appid, former) in appids.into_iter().zip(&former) {
            let listed = listed_refresh_token(&caller, &component, appid);
            assert_ne!(&listed, former, "{old}");
            let response = ask_authorizer(&caller, &component, appid, former);
            let accepted = response.get("errcode").is_none();
            assert_eq!(accepted, is_alive, "{old}: {response}");
            let present = listed_refresh_token(&caller, &component, appid);
            let response = ask_authorizer(&caller, &component, appid, &present);
            text(&response, "authorizer_access_token");
        }
    }
}

#[test]
fn the_refresh_token_of_a_former_authorisation_may_live_for_5_more_minutes() {
    for (old, is_alive) in [("dies_after_five_minutes", true), ("dies_at_once", false)] {
        let caller = new_rotating_caller(old);
        let component = component_token(&caller);
        let former = authorize(&caller, MINI_PROGRAM_APPID, None);
        authorize(&caller, MINI_PROGRAM_APPID, None);
        let ask = || ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &former);
        caller.sandbox.advance(Duration::from_secs(299));
        assert_eq!(ask().get("errcode").is_none(), is_alive, "{old}");
        caller.sandbox.advance(Duration::from_secs(1));
        assert_eq!(errcode(&ask()), 61023, "{old}");
    }
}
