use jumpqr_sandbox::{COMPONENT_APPID, MINI_PROGRAM_APPID};
use serde_json::json;

use crate::caller::{Caller, errcode};
use crate::platform_caller::{component_token, pre_auth_code};

#[test]
fn each_link_has_a_code_of_its_own() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let (first, second) = (
        pre_auth_code(&caller, &component),
        pre_auth_code(&caller, &component),
    );
    assert!(first.starts_with("preauthcode@@@"), "{first}");
    assert_ne!(first, second);
}

#[test]
fn only_the_platform_gets_a_code() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let ask = |field: &str, token: &str, appid: &str| {
        let path = format!("/cgi-bin/component/api_create_preauthcode?{field}={token}");
        caller.post(&path, &json!({"component_appid": appid}).to_string())
    };
    let response = ask("component_access_token", &component, COMPONENT_APPID);
    assert_eq!(response["expires_in"], 1800);
    assert!(response.get("errcode").is_none(), "{response}");
    for (field, token, appid, code) in [
        (
            "access_token",
            component.as_str(),
            MINI_PROGRAM_APPID,
            40013,
        ),
        (
            "access_token",
            caller.mini_program_token(),
            COMPONENT_APPID,
            61014,
        ),
        ("access_token", "", COMPONENT_APPID, 41001),
    ] {
        assert_eq!(errcode(&ask(field, token, appid)), code, "{appid}");
    }
}
