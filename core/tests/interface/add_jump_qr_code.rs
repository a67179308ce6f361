use jumpqr_core::interface::{AddJumpQRCode, Interface};
use jumpqr_core::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, ServiceAccountRule};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn any_rule() -> impl Strategy<Value = Rule> {
    let text = || "https://h\\.cn/[a-z]{0,9}|.{0,9}";
    let ordinary_link = (
        text(),
        text(),
        select(OpenVersion::ALL),
        select(PermitSubRule::ALL),
        option::of(vec(text(), 0..3)),
    );
    let ordinary_link = ordinary_link.prop_map(|(prefix, path, version, sub_rule, links)| {
        let rule = OrdinaryLinkRule::new(prefix, path, version, sub_rule);
        match links {
            Some(links) => rule.debug_url(links).into(),
            None => rule.into(),
        }
    });
    let service_account = (text(), text(), text())
        .prop_map(|(prefix, appid, path)| ServiceAccountRule::new(prefix, appid, path).into());
    prop_oneof![ordinary_link, service_account]
}

proptest! {
    #[test]
    fn the_body_is_its_serialization(rule in any_rule(), is_edit in select(Edit::ALL)) {
        let call = AddJumpQRCode { rule, is_edit };
        let body = call.request().unwrap().body.unwrap();
        prop_assert_eq!(String::from_utf8(body).unwrap(), serde_json::to_string(&call).unwrap());
    }
}
