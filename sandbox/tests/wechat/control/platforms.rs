//! The control endpoints of platforms.

use std::time::Duration;

use jumpqr_sandbox::{COMPONENT_APPID, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

fn control_ok(caller: &Caller, method: &str, path: &str, body: Value) -> Value {
    caller.sandbox.control(method, path, body).unwrap()
}

fn control_refusal(caller: &Caller, method: &str, path: &str, body: Value) -> (u16, String) {
    let error = caller.sandbox.control(method, path, body).unwrap_err();
    (error.http_status(), error.to_string())
}

#[test]
fn a_platform_added_over_http_can_make_all_calls() {
    let caller = Caller::new();
    let platform = "/sandbox/platforms/wx00000000000000cc";
    let change = json!({"component_appsecret": "top", "token_lifetime_seconds": 60});
    let shown = control_ok(&caller, "PUT", platform, change);
    assert_eq!(
        shown,
        json!({
            "component_appid": "wx00000000000000cc", "token_lifetime_seconds": 60, "push_url": null,
        })
    );
    assert_eq!(
        control_ok(&caller, "GET", "/sandbox/platforms", json!({}))
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let ticket = caller.get(&format!("{platform}/ticket"));
    assert_eq!(ticket["expires_in"], 12 * 3600);
    assert_eq!(caller.get(&format!("{platform}/ticket")), ticket);
    let pushed = control_ok(&caller, "POST", &format!("{platform}/ticket"), Value::Null);
    assert_ne!(pushed, ticket);
    assert_eq!(caller.get(&format!("{platform}/ticket")), pushed);
    caller.sandbox.advance(Duration::from_secs(60));
    let again = control_ok(
        &caller,
        "POST",
        &format!("{platform}/ticket"),
        json!({"again": true}),
    );
    assert_eq!(again, pushed, "valid for 12 hours from now");

    let path = format!("{platform}/authorizers/{MINI_PROGRAM_APPID}");
    let authorized = control_ok(&caller, "PUT", &path, json!({"permission_sets": [18, 17]}));
    assert_eq!(
        caller.get(&format!("{platform}/authorizers")),
        json!([{"authorizer_appid": MINI_PROGRAM_APPID, "permission_sets": [17, 18]}])
    );

    let body = json!({
        "component_appid": "wx00000000000000cc", "component_appsecret": "top",
        "component_verify_ticket": ticket["component_verify_ticket"],
    });
    let issued = caller.post("/cgi-bin/component/api_component_token", &body.to_string());
    assert_eq!(issued["expires_in"], 60, "the former ticket is valid");
    let component = issued["component_access_token"].as_str().unwrap();
    let body = json!({
        "component_appid": "wx00000000000000cc", "authorizer_appid": MINI_PROGRAM_APPID,
        "authorizer_refresh_token": authorized["authorizer_refresh_token"],
    })
    .to_string();
    let ask = format!("/cgi-bin/component/api_authorizer_token?access_token={component}");

    let killed = control_ok(&caller, "DELETE", &format!("{platform}/tokens"), json!({}));
    assert_eq!(killed, json!({"killed": 1}));
    assert_eq!(errcode(&caller.post(&ask, &body)), 40001);
    control_ok(&caller, "DELETE", &path, json!({}));
    assert_eq!(caller.get(&format!("{platform}/authorizers")), json!([]));
}

#[test]
fn an_error_names_the_mistake() {
    let caller = Caller::new();
    let platform = format!("/sandbox/platforms/{COMPONENT_APPID}");
    let unknown = "/sandbox/platforms/wx00000000000000cc";
    for (method, path) in [
        ("GET", unknown.to_owned()),
        ("DELETE", unknown.to_owned()),
        ("GET", format!("{unknown}/ticket")),
        ("POST", format!("{unknown}/ticket")),
        ("DELETE", format!("{unknown}/tokens")),
        ("GET", format!("{unknown}/authorizers")),
        ("PUT", format!("{unknown}/authorizers/{MINI_PROGRAM_APPID}")),
        (
            "DELETE",
            format!("{unknown}/authorizers/{MINI_PROGRAM_APPID}"),
        ),
    ] {
        let (status, text) = control_refusal(&caller, method, &path, json!({}));
        assert_eq!(status, 404, "{method} {path}");
        assert!(text.contains("no platform wx00000000000000cc"), "{text}");
    }
    let (status, text) = control_refusal(&caller, "PUT", unknown, json!({}));
    assert_eq!(status, 400);
    assert!(text.contains("component_appsecret is missing"), "{text}");
    let nobody = format!("{platform}/authorizers/wx9999999999999999");
    let (status, text) = control_refusal(&caller, "PUT", &nobody, json!({}));
    assert_eq!(status, 404);
    assert!(text.contains("no account wx9999999999999999"), "{text}");
    let (status, text) = control_refusal(&caller, "PATCH", &platform, json!({}));
    assert_eq!(status, 405);
    assert!(text.contains("GET, PUT, DELETE"), "{text}");
    let (status, _) = control_refusal(&caller, "GET", &format!("{platform}/x/y"), json!({}));
    assert_eq!(status, 404);
    for (path, body) in [
        (platform, json!({"secret": "s"})),
        (nobody, json!({"permission_sets": "all"})),
        ("/sandbox/tokens".to_owned(), json!({"overlap": 1})),
        ("/sandbox/tokens".to_owned(), json!({"overlap_seconds": -1})),
        (
            "/sandbox/tokens".to_owned(),
            json!({"old_refresh_token": "lives"}),
        ),
    ] {
        assert_eq!(
            control_refusal(&caller, "PUT", &path, body).0,
            400,
            "{path}"
        );
    }
}

#[test]
fn one_request_authorises_a_platform_for_many_merchants() {
    let caller = Caller::new();
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers");
    let merchants: serde_json::Map<String, Value> = (0..2_000)
        .map(|number| (format!("wx{number:016}"), json!({"kind": "mini_program"})))
        .collect();
    let mut with_others = merchants.clone();
    with_others.insert(
        SERVICE_ACCOUNT_APPID.to_owned(),
        json!({"permission_sets": [3], "kind": "service_account"}),
    );
    let authorized = control_ok(&caller, "PUT", &path, Value::Object(with_others));
    assert_eq!(authorized.as_array().unwrap().len(), 2_001);
    let listed = control_ok(&caller, "GET", &path, json!({}));
    let of = |appid: &str| {
        let mut merchants = listed.as_array().unwrap().iter();
        merchants.find(|merchant| merchant["authorizer_appid"] == appid)
    };
    assert_eq!(
        of(SERVICE_ACCOUNT_APPID).unwrap()["permission_sets"],
        json!([3])
    );
    let last = "wx0000000000001999";
    assert_eq!(of(last).unwrap()["permission_sets"], json!([18]));
    let account = caller.sandbox.account(last).unwrap();
    assert_eq!(account.secret.expose().len(), 32);
    let again = control_ok(&caller, "PUT", &path, Value::Object(merchants));
    assert_ne!(again[1_999], authorized[1_999], "a new refresh token");
    assert_eq!(caller.sandbox.account(last).unwrap(), account);
}

#[test]
fn if_one_merchant_is_wrong_no_merchant_authorises_the_platform() {
    let caller = Caller::new();
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers");
    let before = control_ok(&caller, "GET", &path, json!({}));
    let good = json!({"kind": "mini_program"});
    for (wrong, appid, status) in [
        (json!({}), "wx9999999999999999", 404),
        (json!({"kind": "mini_program"}), SERVICE_ACCOUNT_APPID, 400),
        (json!({"secret": "s"}), MINI_PROGRAM_APPID, 400),
    ] {
        let body = json!({"wx0000000000000001": good, appid: wrong});
        let (found, text) = control_refusal(&caller, "PUT", &path, body);
        assert_eq!(found, status, "{text}");
        assert_eq!(control_ok(&caller, "GET", &path, json!({})), before);
        assert!(caller.sandbox.account("wx0000000000000001").is_err());
    }
    let one = format!("{path}/wx0000000000000001");
    let authorized = control_ok(&caller, "PUT", &one, good);
    assert_eq!(authorized["authorizer_appid"], "wx0000000000000001");
    assert!(caller.sandbox.account("wx0000000000000001").is_ok());
}
