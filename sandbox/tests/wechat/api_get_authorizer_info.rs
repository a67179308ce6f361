use jumpqr_sandbox::{COMPONENT_APPID, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};
use crate::platform_caller::{authorize_by_code, component_token, text};

fn ask(caller: &Caller, token: &str, appid: &str) -> Value {
    let path = format!("/cgi-bin/component/api_get_authorizer_info?access_token={token}");
    let body = json!({"component_appid": COMPONENT_APPID, "authorizer_appid": appid});
    caller.post(&path, &body.to_string())
}

fn put(caller: &Caller, appid: &str, change: Value) {
    let path = format!("/sandbox/accounts/{appid}");
    caller.sandbox.control("PUT", &path, change).unwrap();
}

#[test]
fn a_mini_program_has_what_only_mini_programs_have() {
    let caller = Caller::new();
    let token = component_token(&caller);
    let response = ask(&caller, &token, MINI_PROGRAM_APPID);
    let info = &response["authorizer_info"];
    assert!(info["MiniProgramInfo"].is_object(), "{info}");
    assert_eq!(info["service_type_info"]["id"], 0);
    assert_eq!(info["verify_type_info"]["id"], 0);
    assert_eq!(info["account_status"], 1);
    assert_eq!(info["principal_name"], "Sandbox Ltd.");
    let granted = &response["authorization_info"];
    assert_eq!(granted["func_info"][0]["funcscope_category"]["id"], 18);
    text(granted, "authorizer_refresh_token");
    assert!(granted.get("authorizer_access_token").is_none());

    let change = json!({"personal": true, "verify_type": -1, "account_status": 19});
    put(&caller, MINI_PROGRAM_APPID, change);
    let info = &ask(&caller, &token, MINI_PROGRAM_APPID)["authorizer_info"];
    assert_eq!(info["principal_name"], "个人");
    assert_eq!(info["verify_type_info"]["id"], -1);
    assert_eq!(info["account_status"], 19);
}

#[test]
fn a_service_account_shows_its_refresh_token_after_the_exchange_only() {
    let caller = Caller::new();
    let token = component_token(&caller);
    assert_eq!(errcode(&ask(&caller, &token, SERVICE_ACCOUNT_APPID)), 61003);
    authorize_by_code(&caller, SERVICE_ACCOUNT_APPID, &json!([3]));
    let response = ask(&caller, &token, SERVICE_ACCOUNT_APPID);
    let info = &response["authorizer_info"];
    assert!(info.get("MiniProgramInfo").is_none(), "{info}");
    assert_eq!(info["service_type_info"]["id"], 2);
    let granted = response["authorization_info"].as_object().unwrap();
    assert!(!granted.contains_key("authorizer_refresh_token"));
    assert_eq!(errcode(&ask(&caller, &token, "wx9999999999999999")), 40013);
}
