//! Links: wxamplink, the decisions of the two administrators, and wxamplinkget.

use std::collections::BTreeSet;

use jumpqr_sandbox::{Account, LinkStatus, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox};
use serde_json::{Value, json};

use crate::caller::{Caller, SERVICE_PREFIX, errcode, service_rule, with_fields};

const NEW: &str = "wx5555555555555555";

fn caller() -> Caller {
    Caller::with_builder(Sandbox::builder().account(Account::mini_program(NEW, "s")))
}

fn ask(caller: &Caller) -> i64 {
    errcode(&caller.call_as_service_account(
        "wxamplink",
        &json!({"appid": NEW, "notify_users": "0", "show_profile": 1}),
    ))
}

fn status(caller: &Caller) -> Option<i64> {
    let response = caller.call_as_service_account("wxamplinkget", &json!({}));
    let items = response["wxopens"]["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["appid"] == NEW)?;
    item["status"].as_i64()
}

#[test]
fn a_link_awaits_the_account_admin_then_the_mini_program_admin() {
    let caller = caller();
    let rule = with_fields(service_rule(SERVICE_PREFIX), json!({ "appid": NEW }));
    assert_eq!(status(&caller), None);
    assert_eq!(ask(&caller), 0);
    assert_eq!(status(&caller), Some(12));
    assert_eq!(ask(&caller), 0, "a second request changes nothing");
    assert_eq!(status(&caller), Some(12));
    caller
        .sandbox
        .confirm_link(SERVICE_ACCOUNT_APPID, NEW)
        .unwrap();
    assert_eq!(status(&caller), Some(2));
    assert_eq!(
        errcode(&caller.call_as_service_account("qrcodejumpadd", &rule)),
        40166
    );
    caller
        .sandbox
        .confirm_link(SERVICE_ACCOUNT_APPID, NEW)
        .unwrap();
    assert_eq!(status(&caller), Some(1));
    assert_eq!(
        errcode(&caller.call_as_service_account("qrcodejumpadd", &rule)),
        0
    );
    assert_eq!(ask(&caller), 89015);
    assert!(
        caller
            .sandbox
            .confirm_link(SERVICE_ACCOUNT_APPID, NEW)
            .is_err()
    );
}

#[test]
fn a_refused_link_can_be_requested_again() {
    let caller = caller();
    assert!(
        caller
            .sandbox
            .refuse_link(SERVICE_ACCOUNT_APPID, NEW)
            .is_err()
    );
    ask(&caller);
    let refused = caller
        .sandbox
        .refuse_link(SERVICE_ACCOUNT_APPID, NEW)
        .unwrap();
    assert_eq!(refused, None);
    assert_eq!(status(&caller), None);
    ask(&caller);
    caller
        .sandbox
        .confirm_link(SERVICE_ACCOUNT_APPID, NEW)
        .unwrap();
    let refused = caller
        .sandbox
        .refuse_link(SERVICE_ACCOUNT_APPID, NEW)
        .unwrap();
    assert_eq!(refused, Some(LinkStatus::Refused));
    assert_eq!(status(&caller), Some(3));
    ask(&caller);
    assert_eq!(status(&caller), Some(12));
}

#[test]
fn a_link_ends_when_the_account_admin_confirms() {
    let caller = Caller::new();
    let unlink = || {
        let body = json!({"appid": MINI_PROGRAM_APPID});
        errcode(&caller.call_as_service_account("wxampunlink", &body))
    };
    let status = || {
        let response = caller.call_as_service_account("wxamplinkget", &json!({}));
        response["wxopens"]["items"][0]["status"].as_i64()
    };
    let sandbox = &caller.sandbox;
    let confirm = || sandbox.confirm_link(SERVICE_ACCOUNT_APPID, MINI_PROGRAM_APPID);
    assert!(confirm().is_err());
    assert_eq!((unlink(), status()), (0, Some(1)));
    let refused = sandbox.refuse_link(SERVICE_ACCOUNT_APPID, MINI_PROGRAM_APPID);
    assert_eq!(refused.unwrap(), Some(LinkStatus::Linked));
    assert!(confirm().is_err(), "the request was refused");
    assert_eq!(
        (unlink(), unlink()),
        (0, 0),
        "a second request changes nothing"
    );
    assert_eq!(confirm().unwrap(), None);
    assert_eq!((status(), unlink()), (None, 40097));
}

#[test]
fn only_a_service_account_unlinks_what_is_linked() {
    let caller = caller();
    let unlink = |body: Value| errcode(&caller.call_as_service_account("wxampunlink", &body));
    assert_eq!(unlink(json!({"appid": NEW})), 40097, "not linked");
    ask(&caller);
    assert_eq!(unlink(json!({"appid": NEW})), 40097, "only requested");
    assert_eq!(unlink(json!({"appid": "gh_1"})), 40013);
    assert_eq!(unlink(json!({})), 40097);
    let linked = json!({"appid": MINI_PROGRAM_APPID});
    assert_eq!(
        errcode(&caller.call_as_mini_program("wxampunlink", &linked)),
        61007
    );
}

#[test]
fn an_item_has_the_nickname_and_whether_code_is_released() {
    let response = Caller::new().call_as_service_account("wxamplinkget", &json!({}));
    assert_eq!(
        response["wxopens"]["items"],
        json!([{"appid": MINI_PROGRAM_APPID, "status": 1, "nickname": "Sandbox Mini Program", "released": 1}])
    );
}

#[test]
fn wxamplinkget_accepts_an_empty_body() {
    let caller = Caller::new();
    let response = caller.call_now("wxamplinkget", caller.service_account_token(), "");
    assert_eq!(errcode(&response), 0);
}

#[test]
fn wrong_requests_are_refused() {
    let caller = caller();
    let link = |body: Value| errcode(&caller.call_as_service_account("wxamplink", &body));
    let good = json!({"appid": NEW, "notify_users": 0, "show_profile": 0});
    assert_eq!(
        link(with_fields(good.clone(), json!({"appid": "gh_1"}))),
        40013
    );
    assert_eq!(
        link(with_fields(
            good.clone(),
            json!({"appid": SERVICE_ACCOUNT_APPID})
        )),
        40013
    );
    assert_eq!(
        link(with_fields(good.clone(), json!({"appid": null}))),
        40097
    );
    assert_eq!(
        link(with_fields(good.clone(), json!({"notify_users": 2}))),
        40097
    );
    assert_eq!(
        link(with_fields(good.clone(), json!({"show_profile": null}))),
        40097
    );
    assert_eq!(
        errcode(&caller.call_as_mini_program("wxamplink", &good)),
        61007
    );
    let mut account = caller.sandbox.account(SERVICE_ACCOUNT_APPID).unwrap();
    account.permission_sets = BTreeSet::from([3]);
    caller.sandbox.put_account(account);
    assert_eq!(link(good), 61007);
}
