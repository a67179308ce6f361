//! The calls of a third-party platform, made with a [`Caller`].

use jumpqr_sandbox::{COMPONENT_APPID, COMPONENT_APPSECRET};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

pub(crate) const OTHER_PLATFORM: &str = "wx00000000000000cc";

pub(crate) fn ticket(caller: &Caller) -> String {
    let ticket = caller.sandbox.verify_ticket(COMPONENT_APPID);
    ticket.unwrap().expose().to_owned()
}

pub(crate) fn ask_component(caller: &Caller, body: &Value) -> Value {
    caller.post("/cgi-bin/component/api_component_token", &body.to_string())
}

pub(crate) fn component_request(ticket: &str) -> Value {
    json!({
        "component_appid": COMPONENT_APPID, "component_appsecret": COMPONENT_APPSECRET,
        "component_verify_ticket": ticket,
    })
}

pub(crate) fn component_token(caller: &Caller) -> String {
    let response = ask_component(caller, &component_request(&ticket(caller)));
    text(&response, "component_access_token")
}

pub(crate) fn ask_authorizer(
    caller: &Caller,
    token: &str,
    appid: &str,
    refresh_token: &str,
) -> Value {
    let body = json!({
        "component_appid": COMPONENT_APPID, "authorizer_appid": appid, "authorizer_refresh_token": refresh_token,
    });
    let path = format!("/cgi-bin/component/api_authorizer_token?access_token={token}");
    caller.post(&path, &body.to_string())
}

/// Starts a sandbox that rotates refresh tokens, with this setting for the old refresh token.
pub(crate) fn new_rotating_caller(old_refresh_token: &str) -> Caller {
    let caller = Caller::new();
    let change = json!({"old_refresh_token": old_refresh_token});
    let succession = caller.sandbox.control("PUT", "/sandbox/tokens", change);
    assert_eq!(
        succession.unwrap(),
        json!({"overlap_seconds": 300, "kill_old_at_once": false, "old_refresh_token": old_refresh_token})
    );
    caller
}

pub(crate) fn authorize(caller: &Caller, appid: &str, permission_sets: Option<&[u16]>) -> String {
    let permission_sets = permission_sets.map(|sets| sets.iter().copied().collect());
    let refresh_token = caller
        .sandbox
        .authorize(COMPONENT_APPID, appid, permission_sets);
    refresh_token.unwrap().expose().to_owned()
}

/// Makes a merchant authorise the platform, and returns its access token.
pub(crate) fn authorizer_token(
    caller: &Caller,
    appid: &str,
    permission_sets: Option<&[u16]>,
) -> String {
    let refresh_token = authorize(caller, appid, permission_sets);
    let response = ask_authorizer(caller, &component_token(caller), appid, &refresh_token);
    text(&response, "authorizer_access_token")
}

pub(crate) fn text(response: &Value, field: &str) -> String {
    assert!(response.get("errcode").is_none(), "{response}");
    response[field].as_str().unwrap().to_owned()
}

pub(crate) fn list_rules(caller: &Caller, token: &str) -> i64 {
    errcode(&caller.call("qrcodejumpget", token, &json!({})))
}

/// Returns the present refresh token of a merchant, from the platform's list.
pub(crate) fn listed_refresh_token(caller: &Caller, token: &str, appid: &str) -> String {
    let path = format!("/cgi-bin/component/api_get_authorizer_list?access_token={token}");
    let body = json!({"component_appid": COMPONENT_APPID, "offset": 0, "count": 500});
    let response = caller.post(&path, &body.to_string());
    let mut list = response["list"].as_array().unwrap().iter();
    let entry = list.find(|entry| entry["authorizer_appid"] == appid);
    text(entry.unwrap(), "refresh_token")
}

/// Makes a merchant authorise the platform, as on WeChat's page. Returns the code of the redirect.
pub(crate) fn authorize_by_code(caller: &Caller, appid: &str, permission_sets: &Value) -> String {
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{appid}");
    let form = json!({"permission_sets": permission_sets, "exchanged": false});
    let response = caller.sandbox.control("PUT", &path, form).unwrap();
    text(&response, "authorization_code")
}

pub(crate) fn exchange(caller: &Caller, token: &str, authorization_code: &str) -> Value {
    let path = format!("/cgi-bin/component/api_query_auth?access_token={token}");
    let body = json!({
        "component_appid": COMPONENT_APPID, "authorization_code": authorization_code,
    });
    caller.post(&path, &body.to_string())
}

pub(crate) fn pre_auth_code(caller: &Caller, token: &str) -> String {
    let path = format!("/cgi-bin/component/api_create_preauthcode?access_token={token}");
    let response = caller.post(
        &path,
        &json!({"component_appid": COMPONENT_APPID}).to_string(),
    );
    text(&response, "pre_auth_code")
}
