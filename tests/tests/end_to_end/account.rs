//! What an account asks about itself: addresses, quotas, and calls that failed.

use jumpqr::error::OwnCode;
use jumpqr::interface::{Confirmation, GetJumpQRCode};
use jumpqr::{Client, Edit, Outcome};
use jumpqr_sandbox::{Fault, Interface, Limits, Sandbox};

use crate::{mini_program, rule, sandbox, service_account};

const ADD: &str = "/cgi-bin/wxopen/qrcodejumpadd";

#[test]
fn addresses_are_listed() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    assert_eq!(client.get_callback_ip().unwrap().ip_list, ["127.0.0.1"]);
    assert_eq!(client.get_api_domain_ip().unwrap().ip_list, ["127.0.0.1"]);
}

#[test]
fn a_failed_call_is_found_by_its_rid_without_its_token() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    let mut rule = rule();
    rule.debug_url = Some(vec!["https://other.example.cn/".to_owned()]);
    let unchecked = client.with_validate(false);
    let error = unchecked.add_jump_qr_code(&rule, Edit::Add).unwrap_err();
    let info = client.get_rid_info(error.rid().unwrap()).unwrap();
    assert_eq!(info.request_url.as_deref(), Some("access_token=***"));
    assert!(info.request_body.unwrap().contains("other.example.cn"));
    let response = info.response_body.unwrap();
    assert!(response.contains(error.errmsg().unwrap()), "{response}");
    let other = service_account(&sandbox).build().unwrap();
    let refused = other.get_rid_info(error.rid().unwrap()).unwrap_err();
    assert_eq!(refused.errcode(), Some(76003));
}

#[test]
fn no_secret_of_a_failed_token_call_is_shown() {
    let sandbox = sandbox();
    let secret = "0123456789abcdef0123456789abcdef";
    let appid = sandbox.mini_program().appid;
    let wrong = mini_program(&sandbox).app(&appid, secret).build().unwrap();
    let error = wrong.get_callback_ip().unwrap_err();
    let client = mini_program(&sandbox).build().unwrap();
    let info = client.get_rid_info(error.rid().unwrap()).unwrap();
    let body = info.request_body.as_deref().unwrap();
    assert!(body.contains(r#""secret":"***""#), "{body}");
    assert!(!format!("{info:?}").contains(secret));
}

fn used(client: &Client) -> Option<u64> {
    client.get_api_quota(ADD).unwrap().quota.used
}

#[test]
fn the_count_of_the_day_is_read_and_cleared_in_both_ways() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    let appid = sandbox.mini_program().appid;
    for clear in [
        (|client, appid| client.clear_quota(appid)) as fn(&Client, &str) -> _,
        |client, _| client.clear_quota_by_app_secret(),
    ] {
        assert_eq!(used(&client), Some(0));
        let _ = client.add_jump_qr_code(rule(), Edit::Add);
        assert_eq!(used(&client), Some(1));
        assert_eq!(clear(&client, &appid).unwrap(), Confirmation::Answered);
    }
    assert_eq!(used(&client), Some(0));
}

#[test]
fn an_account_whose_calls_are_used_up_goes_on_after_a_clearing() {
    let sandbox = Sandbox::start().unwrap();
    let mut limits = Limits::default();
    limits.calls_per_day = 1;
    sandbox.put_limits(limits);
    let client = mini_program(&sandbox).build().unwrap();
    let list = || client.get_jump_qr_code(GetJumpQRCode::OrdinaryLink);
    list().unwrap();
    let error = list().unwrap_err();
    assert_eq!(error.errcode(), Some(45009));
    assert!(error.advice().contains("clearQuotaByAppSecret"), "{error}");
    client.clear_quota_by_app_secret().unwrap();
    list().unwrap();
}

#[test]
fn a_clearing_whose_response_is_lost_is_sent_once() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).max_retries(3).build().unwrap();
    let fault = Fault::reset().on(Interface::ClearQuotaByAppSecret);
    sandbox.inject(fault.after_applying()).unwrap();
    let error = client.clear_quota_by_app_secret().unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
    assert!(error.advice().contains("getApiQuota"), "{error}");
    let calls = sandbox
        .counters()
        .calls_of(Interface::ClearQuotaByAppSecret);
    assert_eq!(calls, 1);
}

#[test]
fn a_client_without_a_secret_cannot_clear_by_it() {
    let sandbox = sandbox();
    let token = sandbox.access_token(&sandbox.mini_program().appid).unwrap();
    let client = Client::builder()
        .access_token(token)
        .base_url(sandbox.base_url())
        .build()
        .unwrap();
    let error = client.clear_quota_by_app_secret().unwrap_err();
    assert_eq!(error.code(), OwnCode::NoCredentials);
    assert_eq!(error.interface(), Some("clearQuotaByAppSecret"));
    assert!(error.advice().contains("clearQuota"), "{error}");
    assert!(sandbox.requests().is_empty());
}
