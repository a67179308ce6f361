//! The recorded requests of platforms and their counters.

use std::collections::BTreeMap;

use jumpqr_sandbox::{
    COMPONENT_APPID, Interface, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::json;

use crate::caller::Caller;
use crate::platform_caller::{
    OTHER_PLATFORM, ask_authorizer, authorizer_token, component_token, listed_refresh_token,
};

#[test]
fn token_requests_are_counted_by_interface_and_account() {
    let caller = Caller::new();
    authorizer_token(&caller, MINI_PROGRAM_APPID, None);
    authorizer_token(&caller, SERVICE_ACCOUNT_APPID, None);
    ask_authorizer(&caller, "89_wrong", SERVICE_ACCOUNT_APPID, "R");
    ask_authorizer(&caller, "89_wrong", "a-secret-gone-astray", "R");
    let counters = caller.sandbox.counters();
    let (component, authorizer) = (Interface::ApiComponentToken, Interface::ApiAuthorizerToken);
    assert_eq!(counters.calls_of(component), 2);
    assert_eq!(counters.calls_of(authorizer), 4);
    assert_eq!(counters.token_calls, 6);
    assert_eq!(counters.business_calls, 0);
    let by_appid = [
        (COMPONENT_APPID, component, 2),
        (MINI_PROGRAM_APPID, authorizer, 1),
        (SERVICE_ACCOUNT_APPID, authorizer, 2),
    ];
    let by_appid = by_appid
        .map(|(appid, interface, calls)| (appid.to_owned(), BTreeMap::from([(interface, calls)])));
    assert_eq!(counters.token_calls_by_appid, BTreeMap::from(by_appid));
    assert_eq!(counters.tokens_issued[&component], 2);
    assert_eq!(counters.tokens_issued[&authorizer], 2);
    let text = caller.get("/sandbox/counters").to_string();
    assert!(!text.contains("a-secret-gone-astray"), "{text}");
}

#[test]
fn platform_requests_are_counted_by_platform_and_merchant() {
    let caller = Caller::new();
    authorizer_token(&caller, MINI_PROGRAM_APPID, None);
    let token = component_token(&caller);
    listed_refresh_token(&caller, &token, MINI_PROGRAM_APPID);
    let other = Platform::new(OTHER_PLATFORM, "a-secret");
    caller.sandbox.put_platform(other);
    let of_other =
        json!({"component_appid": OTHER_PLATFORM, "authorizer_appid": MINI_PROGRAM_APPID});
    let unknown =
        json!({"component_appid": "a-secret-gone-astray", "authorizer_appid": MINI_PROGRAM_APPID});
    for body in [&of_other, &of_other, &unknown] {
        caller.post("/cgi-bin/component/api_authorizer_token", &body.to_string());
    }
    caller.call_as_mini_program("qrcodejumpget", &of_other);

    let shown = caller.get("/sandbox/counters");
    assert_eq!(
        shown["platform_calls"],
        json!({
            COMPONENT_APPID: {
                "api_component_token": 2,
                "api_authorizer_token": 1,
                "api_get_authorizer_list": 1,
            },
            OTHER_PLATFORM: {"api_authorizer_token": 2},
        })
    );
    assert_eq!(
        shown["authorizer_token_calls"],
        json!({COMPONENT_APPID: {MINI_PROGRAM_APPID: 1}, OTHER_PLATFORM: {MINI_PROGRAM_APPID: 2}})
    );
    assert!(
        !shown.to_string().contains("a-secret-gone-astray"),
        "{shown}"
    );
}
