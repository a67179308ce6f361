use std::time::Duration;

use jumpqr_sandbox::{COMPONENT_APPID, COMPONENT_APPSECRET};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode, with_fields};
use crate::platform_caller::ticket;

fn start(caller: &Caller, changes: Value) -> Value {
    let body = json!({
        "component_appid": COMPONENT_APPID, "component_secret": COMPONENT_APPSECRET,
    });
    let body = with_fields(body, changes);
    caller.post(
        "/cgi-bin/component/api_start_push_ticket",
        &body.to_string(),
    )
}

#[test]
fn stopped_pushes_start_again() {
    let caller = Caller::new();
    let running = start(&caller, json!({}));
    assert_eq!(
        running,
        json!({"errcode": 0, "errmsg": "in a normal state"})
    );
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/ticket");
    let paused = caller
        .sandbox
        .control("PUT", &path, json!({"paused": true}));
    assert_eq!(paused.unwrap(), json!({"paused": true}));
    let last = ticket(&caller);
    caller.sandbox.advance(Duration::from_secs(1200));
    assert_eq!(ticket(&caller), last, "nothing is pushed");
    assert_eq!(
        start(&caller, json!({})),
        json!({"errcode": 0, "errmsg": "ok"})
    );
    assert_ne!(ticket(&caller), last);
    let running = start(&caller, json!({}));
    assert_eq!(running["errmsg"], "in a normal state");
}

#[test]
fn each_wrong_credential_gets_its_own_code() {
    let caller = Caller::new();
    for (changes, code) in [
        (json!({"component_appid": null}), 41018),
        (json!({"component_appid": "wx9999999999999999"}), 40013),
        (
            json!({"component_secret": null, "component_appsecret": COMPONENT_APPSECRET}),
            41004,
        ),
        (json!({"component_secret": "wrong"}), 40125),
    ] {
        assert_eq!(errcode(&start(&caller, changes.clone())), code, "{changes}");
    }
    let counters = caller.sandbox.counters();
    assert_eq!((counters.business_calls, counters.token_calls), (0, 0));
    let recorded = serde_json::to_string(&caller.sandbox.requests()).unwrap();
    assert!(!recorded.contains(COMPONENT_APPSECRET), "{recorded}");
}
