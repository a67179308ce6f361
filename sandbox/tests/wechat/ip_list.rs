//! getcallbackip and get_api_domain_ip.

use jumpqr_sandbox::SERVICE_ACCOUNT_APPID;
use serde_json::json;

use crate::caller::{Caller, errcode};
use crate::platform_caller::{ask_authorizer, authorize, component_token, text};

const PATHS: [&str; 2] = ["/cgi-bin/getcallbackip", "/cgi-bin/get_api_domain_ip"];

#[test]
fn an_account_and_a_platform_get_the_addresses_without_an_errcode() {
    let caller = Caller::new();
    for path in PATHS {
        for token in [caller.mini_program_token(), &component_token(&caller)] {
            let response = caller.get(&format!("{path}?access_token={token}"));
            assert_eq!(response, json!({"ip_list": ["127.0.0.1"]}));
        }
    }
}

#[test]
fn a_merchant_must_have_granted_a_permission_set() {
    let caller = Caller::new();
    let [path, _] = PATHS;
    let call = |sets: &[u16]| {
        let refresh_token = authorize(&caller, SERVICE_ACCOUNT_APPID, Some(sets));
        let platform = component_token(&caller);
        let response = ask_authorizer(&caller, &platform, SERVICE_ACCOUNT_APPID, &refresh_token);
        let token = text(&response, "authorizer_access_token");
        caller.get(&format!("{path}?access_token={token}"))
    };
    assert_eq!(call(&[30])["ip_list"], json!(["127.0.0.1"]));
    assert_eq!(errcode(&call(&[])), 61007);
}

#[test]
fn wrong_requests_are_refused() {
    let caller = Caller::new();
    let [path, _] = PATHS;
    let with_token = format!("{path}?access_token={}", caller.mini_program_token());
    assert_eq!(errcode(&caller.get(path)), 41001);
    assert_eq!(
        errcode(&caller.get(&format!("{path}?access_token=T"))),
        40001
    );
    assert_eq!(errcode(&caller.post(&with_token, "{}")), 43001);
    for _ in 0..5 {
        assert_eq!(caller.get(&with_token)["ip_list"][0], "127.0.0.1");
    }
    assert_eq!(errcode(&caller.get(&with_token)), 44990);
}
