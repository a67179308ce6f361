use jumpqr_sandbox::{MINI_PROGRAM_APPID, Platform};
use serde_json::json;

use crate::caller::{Caller, errcode, with_fields};
use crate::platform_caller::{OTHER_PLATFORM, ask_component, component_request, ticket};

#[test]
fn each_wrong_credential_gets_its_own_code() {
    let caller = Caller::new();
    let good = component_request(&ticket(&caller));
    caller
        .sandbox
        .put_platform(Platform::new(OTHER_PLATFORM, "s"));
    let of_other = caller.sandbox.push_ticket(OTHER_PLATFORM).unwrap();
    for (changes, code) in [
        (json!({"component_appid": null}), 41018),
        (json!({"component_appid": MINI_PROGRAM_APPID}), 40013),
        (json!({"component_appsecret": null}), 41004),
        (json!({"component_appsecret": "wrong"}), 40125),
        (json!({"component_verify_ticket": null}), 61006),
        (json!({"component_verify_ticket": "ticket@@@wrong"}), 61006),
        (json!({"component_verify_ticket": of_other.expose()}), 61006),
    ] {
        let response = ask_component(&caller, &with_fields(good.clone(), changes.clone()));
        assert_eq!(errcode(&response), code, "{changes}");
    }
    let path = "/cgi-bin/component/api_component_token";
    assert_eq!(errcode(&caller.post(path, "")), 44002);
    assert_eq!(errcode(&caller.get(path)), 43002);
    assert_eq!(ask_component(&caller, &good)["expires_in"], 7200);
}
