//! Codes are exchanged for the tokens of merchants.

use std::sync::Arc;

use jumpqr::error::OwnCode;
use jumpqr::readiness::{Mode, Verdict};
use jumpqr::store::MemoryStore;
use jumpqr_sandbox::{COMPONENT_APPID, MINI_PROGRAM_APPID, Sandbox};
use serde_json::json;

use crate::pushing::{
    EPOCH, authorise_on_page, authorized, handle, process, unauthorized, valid_ticket,
};

#[test]
fn push_and_redirect_may_bring_the_same_merchant_and_each_of_them_twice() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&sandbox, &store);
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    let merchant = platform.exchange(code.as_str()).unwrap();
    assert_eq!(merchant.authorizer_appid, MINI_PROGRAM_APPID);
    // The page is loaded again.
    assert_eq!(platform.exchange(code.as_str()).unwrap(), merchant);
    // The push has the same code, and reaches another process.
    let other = process(&sandbox, &store);
    let handled = handle(&other, &authorized(&code, EPOCH)).unwrap();
    assert_eq!(handled.finish().unwrap(), Some(merchant));
    // Which merchant it is, that process cannot know from the code alone.
    let error = process(&sandbox, &store)
        .exchange(code.as_str())
        .unwrap_err();
    assert_eq!(error.errcode(), Some(61009));

    let client = other.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);
    let listed: Vec<_> = platform.merchants().map(Result::unwrap).collect();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].authorizer_appid, MINI_PROGRAM_APPID);
    let readiness = platform.readiness(MINI_PROGRAM_APPID, Mode::ServiceAccount);
    assert_eq!(readiness.unwrap().verdict(), Verdict::NotReady);
}

#[test]
fn after_a_lost_response_the_refresh_token_is_taken_from_the_list() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::default());
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    let fault = json!({"fault": "reset", "when": "after", "on": "api_query_auth"});
    sandbox.control("POST", "/sandbox/faults", fault).unwrap();
    let handled = handle(&platform, &authorized(&code, EPOCH)).unwrap();
    let merchant = handled.finish().unwrap().unwrap();
    assert!(merchant.has_refresh_token);
    assert!(merchant.func_info.is_some());
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    let status = client.token_status().unwrap().unwrap();
    assert_eq!(status.has_refresh_token, Some(true));
    assert_eq!(client.rules().count(), 0);
}

#[test]
fn a_redirect_brings_a_merchant_back_whose_end_was_known() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::default());
    let _ = handle(&platform, &valid_ticket()).unwrap();
    // WeChat's clock is ahead.
    assert!(
        handle(&platform, &unauthorized(EPOCH))
            .unwrap()
            .has_changed()
    );
    let code = authorise_on_page(&sandbox, &platform);
    platform.exchange(code).unwrap();
    assert!(
        !handle(&platform, &unauthorized(EPOCH))
            .unwrap()
            .has_changed()
    );
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);
}

#[test]
fn a_wrong_code_is_refused_before_it_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::default());
    for code in ["", "queryauthcode%40%40%40x", "refreshtoken@@@x"] {
        let error = platform.exchange(code).unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidRequest);
    }
    let link = jumpqr::AuthorizationLink::new("/done");
    let error = platform.authorization_url(&link).unwrap_err();
    assert_eq!(error.code(), OwnCode::InvalidRequest);
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_forgotten_merchant_is_found_in_the_list_again() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::default());
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    platform.exchange(code).unwrap();
    platform.forget(MINI_PROGRAM_APPID).unwrap();
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    let status = client.token_status().unwrap().unwrap();
    assert_eq!(status.has_refresh_token, Some(false));
    assert_eq!(client.rules().count(), 0);
    let pushes = platform.start_push_ticket().unwrap();
    assert_eq!(pushes.name(), "were_running");
    assert_eq!(platform.component_appid(), COMPONENT_APPID);
}
