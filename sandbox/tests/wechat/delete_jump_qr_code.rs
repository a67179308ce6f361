use jumpqr_sandbox::{MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, SERVICE_PREFIX, errcode, ordinary_rule, service_rule};
use crate::publish_jump_qr_code::{delete, new_caller_with_rule, publish, states};

#[test]
fn a_rule_is_deleted_at_once_published_or_not() {
    let caller = new_caller_with_rule();
    assert_eq!(delete(&caller, PREFIX), 0);
    assert_eq!(states(&caller), []);
    caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX));
    publish(&caller, PREFIX);
    assert_eq!(delete(&caller, PREFIX), 0);
    assert_eq!(states(&caller), []);
    assert_eq!(
        delete(&caller, PREFIX),
        0,
        "40097 is not among the codes of delete"
    );
    assert_eq!(delete(&caller, ""), 40097);
}

#[test]
fn a_service_account_must_name_the_mini_program() {
    let caller = Caller::new();
    caller.call_as_service_account("qrcodejumpadd", &service_rule(SERVICE_PREFIX));
    let delete = |body: Value| errcode(&caller.call_as_service_account("qrcodejumpdelete", &body));
    let count = || caller.sandbox.rules(SERVICE_ACCOUNT_APPID).unwrap().len();
    assert_eq!(delete(json!({"prefix": SERVICE_PREFIX})), 40097);
    assert_eq!(
        delete(json!({"prefix": SERVICE_PREFIX, "appid": "gh_0123456789ab"})),
        40166
    );
    assert_eq!(count(), 1);
    assert_eq!(
        delete(json!({"prefix": SERVICE_PREFIX, "appid": MINI_PROGRAM_APPID})),
        0
    );
    assert_eq!(count(), 0);
}
