//! Requests that WeChat has refused: the sandbox gives the documented answer, and the client
//! explains it.

use jumpqr::error::{Code, OwnCode};
use jumpqr::{
    Client, Edit, ErrCode, Error, OpenVersion, OrdinaryLinkRule, PermitSubRule, ServiceAccountRule,
};
use jumpqr_sandbox::{Account, Sandbox, Web};

use crate::{mini_program, rule, sandbox, service_account};

/// Asserts everything that an error with this number must say.
fn assert_refusal(error: &Error, number: i64) {
    let known = ErrCode::lookup(number).unwrap();
    assert_eq!(error.errcode(), Some(number), "{error}");
    assert_eq!(error.code(), Code::WeChat(known));
    assert_eq!(error.kind(), known.kind);
    assert!(error.advice().ends_with('.'), "{error:?}");
    let rid = error.rid().unwrap();
    assert_eq!(rid.len(), 26, "{rid}");
}

fn build_unchecked_client(sandbox: &Sandbox) -> Client {
    mini_program(sandbox).validate(false).build().unwrap()
}

fn build_rule(prefix: &str) -> OrdinaryLinkRule {
    OrdinaryLinkRule::new(
        prefix,
        "pages/common/qr/main",
        OpenVersion::Trial,
        PermitSubRule::Occupied,
    )
}

#[test]
fn illegal_links_are_refused() {
    let sandbox = sandbox();
    let client = build_unchecked_client(&sandbox);
    for prefix in [
        "https://smart.bityounger.cn/verify/register?canteen=1&name=惠德丽内部食堂",
        "https://admin.mojing.media/smdc/pay_3",
        "https://m.example.cn:8443/a",
        "ftp://m.example.cn/a",
    ] {
        let error = client
            .add_jump_qr_code(build_rule(prefix), Edit::Add)
            .unwrap_err();
        assert_refusal(&error, 85066);
    }
    let client = service_account(&sandbox).validate(false).build().unwrap();
    let rule = ServiceAccountRule::new(
        "http://weixin.qq.com/r/qR2ttZbEDctyrdLW90i7",
        sandbox.mini_program().appid,
        "gc_school/pages/user/index",
    );
    let error = client.add_jump_qr_code(rule, Edit::Add).unwrap_err();
    assert_refusal(&error, 85066);
}

#[test]
fn a_domain_without_file_or_filing_is_refused() {
    let sandbox = sandbox();
    let client = build_unchecked_client(&sandbox);
    let appid = sandbox.mini_program().appid;
    let rule = build_rule("https://m.canyin.com.cn/0000041151/newm/personNum");

    sandbox
        .put_verification_files(&appid, Some(std::collections::BTreeMap::new()))
        .unwrap();
    let error = client.add_jump_qr_code(&rule, Edit::Add).unwrap_err();
    assert_refusal(&error, 85069);

    let mut web = Web::default();
    web.not_filed.insert("m.canyin.com.cn".to_owned());
    sandbox.put_web(web);
    let error = client.add_jump_qr_code(&rule, Edit::Add).unwrap_err();
    assert_refusal(&error, 85076);
}

#[test]
fn an_occupied_or_existing_prefix_is_refused() {
    let sandbox = sandbox();
    let other = Account::mini_program("wx00000000000000bb", "other-secret");
    sandbox.put_account(other.clone());
    let occupier = mini_program(&sandbox)
        .app(other.appid, other.secret)
        .build()
        .unwrap();
    occupier
        .add_jump_qr_code(build_rule("https://wx.qq.com/mp?id=123"), Edit::Add)
        .unwrap();

    let client = build_unchecked_client(&sandbox);
    let error = client
        .add_jump_qr_code(build_rule("https://wx.qq.com/mp?id=1234"), Edit::Add)
        .unwrap_err();
    assert_refusal(&error, 85072);

    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_refusal(&error, 85071);
}

#[test]
fn a_test_link_outside_the_rule_is_refused() {
    let sandbox = sandbox();
    let rule = rule().debug_url(["https://weixin.qq.com/elsewhere"]);
    let error = build_unchecked_client(&sandbox)
        .add_jump_qr_code(&rule, Edit::Add)
        .unwrap_err();
    assert_refusal(&error, 85068);

    // With validation, the client refuses the same rule, and the sandbox gets no request.
    let before = sandbox.counters();
    let client = mini_program(&sandbox).build().unwrap();
    let error = client.add_jump_qr_code(&rule, Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::InvalidRequest);
    assert_eq!(error.violations()[0].field, "debug_url[0]");
    assert_eq!(sandbox.counters(), before);
}

#[test]
fn an_unreleased_or_personal_mini_program_is_refused() {
    let sandbox = sandbox();
    let mut account = sandbox.account(&sandbox.mini_program().appid).unwrap();
    account.released = false;
    sandbox.put_account(account.clone());
    let client = build_unchecked_client(&sandbox);
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let error = client.publish_jump_qr_code(&rule().prefix).unwrap_err();
    assert_refusal(&error, 85074);

    account.personal = true;
    sandbox.put_account(account);
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_refusal(&error, 85075);
}
