//! The control endpoints over HTTP.

mod platforms;

use jumpqr_sandbox::{Interface, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, errcode, ordinary_rule, read_response, service_rule};

/// Sends a control request and returns the status and body of the response.
fn control(caller: &Caller, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: {}\r\n\r\n{body}",
        caller.sandbox.port(),
        body.len()
    );
    let (head, body) = read_response(&mut caller.send_raw(&request));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

fn control_ok(caller: &Caller, method: &str, path: &str, body: &Value) -> Value {
    let (status, response) = control(caller, method, path, &body.to_string());
    assert_eq!(status, 200, "{response}");
    response
}

#[test]
fn the_description_lists_interfaces_and_endpoints() {
    let caller = Caller::new();
    let description = control_ok(&caller, "GET", "/sandbox", &json!({}));
    assert_eq!(description["mini_program"], MINI_PROGRAM_APPID);
    let interfaces = description["interfaces"].as_array().unwrap();
    assert_eq!(interfaces.len(), Interface::ALL.len());
    let fault = description["control"]
        .as_array()
        .unwrap()
        .iter()
        .find(|endpoint| endpoint["method"] == "DELETE" && endpoint["path"] == "/sandbox/faults");
    assert_eq!(fault.unwrap()["does"], "removes all faults");
}

#[test]
fn an_account_added_over_http_can_make_all_calls() {
    let caller = Caller::new();
    let appid = "wx0000000000000001";
    let path = format!("/sandbox/accounts/{appid}");
    let shown = control_ok(
        &caller,
        "PUT",
        &path,
        &json!({"kind": "mini_program", "secret": "top"}),
    );
    assert_eq!(shown["permission_sets"], json!([18]));
    assert!(!shown.to_string().contains("top"));
    let issued = caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={appid}&secret=top"
    ));
    let token = issued["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        errcode(&caller.call("qrcodejumpadd", &token, &ordinary_rule(PREFIX))),
        0
    );
    let rules = control_ok(&caller, "GET", &format!("{path}/rules"), &json!({}));
    assert_eq!(rules[0]["prefix"], PREFIX);

    control_ok(
        &caller,
        "PUT",
        &path,
        &json!({"released": false, "token_lifetime_seconds": 60}),
    );
    let publish = caller.call("qrcodejumppublish", &token, &json!({"prefix": PREFIX}));
    assert_eq!(errcode(&publish), 85074);
    let minted = control_ok(&caller, "POST", &format!("{path}/tokens"), &json!({}));
    assert_eq!(minted["expires_in"], 60);
    assert_eq!(
        control_ok(&caller, "DELETE", &format!("{path}/tokens"), &json!({})),
        json!({"killed": 2})
    );
    assert_eq!(
        errcode(&caller.call("qrcodejumpget", &token, &json!({}))),
        40001
    );

    control_ok(&caller, "DELETE", &path, &json!({}));
    assert_eq!(control(&caller, "GET", &path, "").0, 404);
    let gone = caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={appid}&secret=top"
    ));
    assert_eq!(errcode(&gone), 40013);
}

#[test]
fn rules_are_put_without_checks() {
    let caller = Caller::new();
    let mini = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}/rules");
    let service = format!("/sandbox/accounts/{SERVICE_ACCOUNT_APPID}/rules");
    control_ok(
        &caller,
        "PUT",
        &mini,
        &json!({"prefix": PREFIX, "path": "p", "state": 2}),
    );
    let listed = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert_eq!(listed["rule_list"][0]["state"], 2);
    let rule =
        json!({"prefix": "http://weixin.qq.com/q/1", "path": "p", "appid": MINI_PROGRAM_APPID});
    control_ok(&caller, "PUT", &service, &rule);
    assert_eq!(
        control_ok(&caller, "GET", &service, &json!({}))[0]["appid"],
        MINI_PROGRAM_APPID
    );
    for (path, body, field) in [
        (&mini, rule, "appid"),
        (&service, json!({"prefix": "a", "path": "p"}), "appid"),
        (
            &mini,
            json!({"prefix": "a", "path": "p", "state": 3}),
            "state",
        ),
        (&mini, json!({"prefix": "a"}), "path"),
        (
            &mini,
            json!({"prefix": "a", "path": "p", "is_edit": 0}),
            "is_edit",
        ),
    ] {
        let (status, response) = control(&caller, "PUT", path, &body.to_string());
        assert_eq!(status, 400);
        assert!(
            response["error"].as_str().unwrap().contains(field),
            "{response}"
        );
    }
    assert_eq!(
        control_ok(&caller, "DELETE", &mini, &json!({})),
        json!({"removed": 1})
    );
}

#[test]
fn links_files_web_and_limits_are_set_over_http() {
    let caller = Caller::new();
    let pair =
        json!({"service_account": SERVICE_ACCOUNT_APPID, "mini_program": MINI_PROGRAM_APPID});
    let with_status = |status: Value| {
        let mut link = pair.clone();
        link["status"] = status;
        link
    };
    let add =
        || {
            errcode(&caller.call_as_service_account(
                "qrcodejumpadd",
                &service_rule("http://weixin.qq.com/q/1"),
            ))
        };
    control_ok(&caller, "PUT", "/sandbox/links", &with_status(json!(12)));
    control_ok(&caller, "POST", "/sandbox/links/confirm", &pair);
    assert_eq!(add(), 40166);
    control_ok(&caller, "POST", "/sandbox/links/refuse", &pair);
    assert_eq!(
        control_ok(&caller, "GET", "/sandbox/links", &json!({}))[0]["status"],
        3
    );
    control_ok(&caller, "PUT", "/sandbox/links", &with_status(Value::Null));
    assert_eq!(
        control_ok(&caller, "GET", "/sandbox/links", &json!({})),
        json!([])
    );
    control_ok(&caller, "PUT", "/sandbox/links", &with_status(json!(1)));
    assert_eq!(add(), 0);
    assert_eq!(
        control(
            &caller,
            "PUT",
            "/sandbox/links",
            &with_status(json!(4)).to_string()
        )
        .0,
        400
    );

    let files = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}/verification_files");
    control_ok(&caller, "PUT", &files, &json!({}));
    assert_eq!(
        errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX))),
        85069
    );
    assert_eq!(
        control_ok(&caller, "DELETE", &files, &json!({}))["everywhere"],
        true
    );
    control_ok(
        &caller,
        "PUT",
        "/sandbox/web",
        &json!({"not_filed": ["example.cn"]}),
    );
    assert_eq!(
        errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX))),
        85076
    );
    control_ok(&caller, "PUT", "/sandbox/web", &json!({}));
    let limits = control_ok(&caller, "PUT", "/sandbox/limits", &json!({"rules": 0}));
    assert_eq!(
        limits["publishes_per_month"], 100,
        "an absent field keeps its value"
    );
    assert_eq!(
        errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX))),
        85073
    );
}

#[test]
fn a_change_that_is_not_an_object_is_refused() {
    let caller = Caller::new();
    for path in ["/sandbox/limits", "/sandbox/tokens"] {
        for body in ["[1]", "\"x\"", "7"] {
            let (status, response) = control(&caller, "PUT", path, body);
            assert_eq!(status, 400, "{path} {body}");
            assert!(response.to_string().contains("not an object"), "{response}");
        }
        assert_eq!(control(&caller, "PUT", path, "").0, 200);
    }
}

#[test]
fn the_clock_moves_and_stops_over_http() {
    let caller = Caller::new();
    let at = |clock: &Value| clock["unix_seconds"].as_f64().unwrap();
    let before = control_ok(&caller, "GET", "/sandbox/clock", &json!({}));
    assert_eq!(before["frozen"], true);
    let after = control_ok(
        &caller,
        "POST",
        "/sandbox/clock",
        &json!({"advance_seconds": 1.5}),
    );
    assert!((at(&after) - at(&before) - 1.5).abs() < 1e-3);
    let running = control_ok(&caller, "POST", "/sandbox/clock", &json!({"frozen": false}));
    assert_eq!(running["frozen"], false);
    assert_eq!(
        control(
            &caller,
            "POST",
            "/sandbox/clock",
            r#"{"advance_seconds":-1}"#
        )
        .0,
        400
    );
}

#[test]
fn faults_are_injected_listed_and_removed_over_http() {
    let caller = Caller::new();
    let fault = json!({"fault": "errcode", "errcode": -1, "when": "after", "on": "addJumpQRCode", "times": "forever"});
    let id = control_ok(&caller, "POST", "/sandbox/faults", &fault)["id"].clone();
    assert_eq!(
        control_ok(&caller, "GET", "/sandbox/faults", &json!({})),
        json!([{"id": id, "fault": "errcode", "errcode": -1, "when": "after", "on": "addJumpQRCode", "times": "forever"}])
    );
    assert_eq!(
        errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX))),
        -1
    );
    control_ok(&caller, "DELETE", "/sandbox/faults", &json!({}));
    assert_eq!(
        errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX))),
        85071
    );
    assert_eq!(
        caller.sandbox.requests().len(),
        2,
        "control requests are not recorded"
    );
    control_ok(&caller, "DELETE", "/sandbox/requests", &json!({}));
    assert_eq!(caller.sandbox.requests(), []);
    assert_eq!(caller.sandbox.counters().business_calls, 0);
}

#[test]
fn an_error_names_the_mistake() {
    let caller = Caller::new();
    let error = |method: &str, path: &str, body: &str| {
        let (status, response) = control(&caller, method, path, body);
        (status, response["error"].as_str().unwrap().to_owned())
    };
    assert_eq!(error("GET", "/sandbox/nothing", "").0, 404);
    let (status, text) = error("PATCH", "/sandbox/faults", "");
    assert!(
        status == 405 && text.contains("GET, POST, DELETE"),
        "{text}"
    );
    let (status, text) = error("POST", "/sandbox/faults", "{");
    assert!(status == 400 && text.contains("not JSON"), "{text}");
    let (status, text) = error("PUT", "/sandbox/accounts/wx1", r#"{"secret":"s"}"#);
    assert!(status == 400 && text.contains("kind"), "{text}");
    let (status, text) = error("PUT", "/sandbox/accounts/wx1", r#"{"kind":"mini_program"}"#);
    assert!(status == 400 && text.contains("secret"), "{text}");
    let path = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}");
    let (status, text) = error("PUT", &path, r#"{"kind":"service_account"}"#);
    assert!(status == 400 && text.contains("kind"), "{text}");
    assert_eq!(error("GET", "/sandbox/accounts/wx1/rules", "").0, 404);
}
