//! The calls of a third-party platform, made with the [`Caller`] of every other one.

use jumpqr_sandbox::{COMPONENT_APPID, COMPONENT_APPSECRET};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

pub(crate) fn ticket(caller: &Caller) -> String {
    let ticket = caller.sandbox.component_verify_ticket(COMPONENT_APPID);
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
    let answer = ask_component(caller, &component_request(&ticket(caller)));
    text(&answer, "component_access_token")
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

/// A caller whose sandbox answers another refresh token each time, and does this to the old one.
pub(crate) fn rotating(old_refresh_token: &str) -> Caller {
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

/// The access token of a merchant that has just authorised the platform.
pub(crate) fn authorizer_token(
    caller: &Caller,
    appid: &str,
    permission_sets: Option<&[u16]>,
) -> String {
    let refresh_token = authorize(caller, appid, permission_sets);
    let answer = ask_authorizer(caller, &component_token(caller), appid, &refresh_token);
    text(&answer, "authorizer_access_token")
}

pub(crate) fn text(answer: &Value, field: &str) -> String {
    assert!(answer.get("errcode").is_none(), "{answer}");
    answer[field].as_str().unwrap().to_owned()
}

pub(crate) fn use_it(caller: &Caller, token: &str) -> i64 {
    errcode(&caller.call("qrcodejumpget", token, &json!({})))
}

/// The refresh token that a merchant has at present, from the platform's list.
pub(crate) fn listed_refresh_token(caller: &Caller, token: &str, appid: &str) -> String {
    let path = format!("/cgi-bin/component/api_get_authorizer_list?access_token={token}");
    let body = json!({"component_appid": COMPONENT_APPID, "offset": 0, "count": 500});
    let answer = caller.post(&path, &body.to_string());
    let mut list = answer["list"].as_array().unwrap().iter();
    let entry = list.find(|entry| entry["authorizer_appid"] == appid);
    text(entry.unwrap(), "refresh_token")
}
