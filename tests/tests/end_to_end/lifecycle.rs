//! The life of a rule, from the first call of a back end to the last.

use jumpqr::interface::{Confirmation, GetJumpQRCode, LinkMiniprogram, LinkStatus};
use jumpqr::matching::RuleSet;
use jumpqr::rule::RuleState;
use jumpqr::{Edit, OpenVersion, Rule};
use jumpqr_sandbox::Account;

use crate::{mini_program, rule, sandbox, service_account, service_account_rule};

#[test]
fn an_ordinary_rule_is_added_modified_published_and_deleted() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    let mut rule = rule();

    let file = client.download_qr_code_text().unwrap();
    let place = file.location(&rule.prefix).unwrap();
    let account = sandbox.mini_program().appid;
    sandbox
        .put_verification_files(&account, Some([(place, file.file_content)].into()))
        .unwrap();

    assert_eq!(
        client.add_jump_qr_code(&rule, Edit::Add).unwrap(),
        Confirmation::Answered
    );
    rule.open_version = OpenVersion::Trial;
    rule.path = "pages/table/table".to_owned();
    client.add_jump_qr_code(&rule, Edit::Modify).unwrap();

    let list = client
        .get_jump_qr_code(GetJumpQRCode::OrdinaryLink)
        .unwrap();
    assert_eq!(list.total_count, Some(1));
    let listed = list.find(&rule.prefix).unwrap();
    assert_eq!(listed.state, Some(RuleState::Unpublished));
    assert_eq!(listed.path.as_deref(), Some("pages/table/table"));
    assert_eq!(listed.open_version, Some(OpenVersion::Trial));
    assert_eq!(listed.debug_url, rule.debug_url);
    let again = Rule::try_from(listed).unwrap();
    assert_eq!(again, Rule::from(&rule));
    client.add_jump_qr_code(again, Edit::Modify).unwrap();

    client.publish_jump_qr_code(&rule.prefix).unwrap();
    let rules = client.rules().map(|rule| rule.unwrap().candidate());
    let rules = RuleSet::new(rules);
    assert!(
        rules
            .match_url("https://weixin.qq.com/qrcodejump?id=7")
            .opens()
    );

    rule.path = "pages/other/other".to_owned();
    let error = client.add_jump_qr_code(&rule, Edit::Modify).unwrap_err();
    assert_eq!(error.errcode(), Some(40097));

    client.delete_jump_qr_code(&rule.prefix).unwrap();
    assert_eq!(client.rules().count(), 0);
}

#[test]
fn a_service_account_rule_is_linked_added_published_and_deleted() {
    let sandbox = sandbox();
    sandbox.put_account(Account::mini_program(
        "wx00000000000000aa",
        "another-secret",
    ));
    let client = service_account(&sandbox).build().unwrap();
    let mut rule = service_account_rule(&sandbox);
    rule.appid = "wx00000000000000aa".to_owned();

    client
        .link_miniprogram(LinkMiniprogram {
            appid: rule.appid.clone(),
            notify_users: false,
            show_profile: true,
        })
        .unwrap();
    let account = sandbox.service_account().appid;
    for status in [
        LinkStatus::AwaitsAccountAdmin,
        LinkStatus::AwaitsMiniProgramAdmin,
    ] {
        let linked = client.wxamplinkget().unwrap();
        let found = linked.iter().find(|item| item.appid == rule.appid).unwrap();
        assert_eq!(found.status, Some(status));
        sandbox.confirm_link(&account, &rule.appid).unwrap();
    }

    client.add_jump_qr_code(&rule, Edit::Add).unwrap();
    let key = Rule::from(&rule).key();
    client.publish_jump_qr_code(&key).unwrap();
    let listed: Vec<_> = client
        .service_account_rules(&rule.appid)
        .map(|rule| rule.unwrap())
        .collect();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].state, Some(RuleState::Published));
    let error = Rule::try_from(&listed[0]).unwrap_err();
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|found| &*found.field)
        .collect();
    assert_eq!(fields, ["appid"]);
    assert!(
        error.message().contains("getJumpQRCode does not list"),
        "{error}"
    );
    client.delete_jump_qr_code(&key).unwrap();
    assert_eq!(client.service_account_rules(&rule.appid).count(), 0);
}
