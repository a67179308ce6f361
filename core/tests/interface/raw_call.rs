use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{ComponentTokenField, GetJumpQRCode, Interface, RawCall};
use jumpqr_core::request::Method;
use jumpqr_core::response::Response;
use jumpqr_core::{ErrorKind, Outcome, Secret};
use std::time::Duration;

use super::{lost_response, parts, run};

const PATH: &str = "/wxa/business/getuserphonenumber";
const BODY: &str = r#"{"code":"C0DE-1", "list":[{"session_key":"KEY-12"}], "b":1.0}"#;
const BUSY: &str = r#"{"errcode":-1,"errmsg":"system error"}"#;

fn call() -> RawCall {
    RawCall::post(PATH, BODY)
}

/// Returns the fields of the findings.
fn fields(call: &RawCall) -> Vec<String> {
    let report = call.check();
    assert!(report.warnings.is_empty());
    let violations = report.violations.iter();
    violations.map(|finding| finding.field.clone()).collect()
}

#[test]
fn path_query_and_body_are_sent_as_they_are() {
    let post = call().query("a", "1&2 店").query("b.c", "");
    let request = post.request().unwrap();
    assert_eq!(request.method, Method::Post);
    let url = format!("https://api.weixin.qq.com{PATH}?access_token=T&a=1%262%20%E5%BA%97&b.c=");
    assert_eq!(parts(&request), (url, BODY));
    let get = RawCall::get("/cgi-bin/getcallbackip");
    let get = get.token_field(ComponentTokenField::ComponentAccessToken);
    let request = get.request().unwrap();
    assert_eq!((request.method, &request.body), (Method::Get, &None));
    assert!(
        parts(&request)
            .0
            .ends_with("/getcallbackip?component_access_token=T")
    );
}

#[test]
fn a_path_that_could_reach_something_else_is_never_sent() {
    for path in [
        "",
        "cgi-bin/get",
        "https://evil.example.cn/",
        "@evil.example.cn/a",
        ".evil.example.cn",
        ":8443/a",
        "//evil.example.cn/a",
        "/a//b",
        "/a/",
        "/a/../b",
        "/..",
        "/a/.",
        "/a?access_token=x",
        "/a#b",
        "/a%2e%2e/b",
        "/a\\b",
        "/a b",
        "/a\r\nX: y",
        "/a\0",
        "/店",
        &format!("/{}", "a".repeat(256)),
        "/cgi-bin/token",
        "/cgi-bin/stable_token",
        "/cgi-bin/component/api_component_token",
        "/cgi-bin/component/api_authorizer_token",
        "/cgi-bin/component/api_query_auth",
    ] {
        let call = RawCall::get(path);
        assert_eq!(fields(&call), ["path"], "{path:?}");
        // Also if the client does not check its calls.
        let error = Call::new(call.clone(), Policy::default(), Duration::ZERO).unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidRequest);
        assert_eq!(error.interface(), Some("call_raw"));
        let shown = format!("{error} {error:?} {call:?}");
        assert!(path.len() < 4 || !shown.contains(path), "{shown}");
    }
    assert!(fields(&RawCall::get(format!("/{}", "a".repeat(255)))).is_empty());
}

#[test]
fn the_token_comes_from_the_library_alone() {
    let call = call()
        .query("a", "1")
        .query("access_token", "T0KEN")
        .query("Component_Access_Token", "T0KEN");
    assert_eq!(fields(&call), ["query[1]", "query[2]"]);
    for name in ["", "a=b&access_token", "a b", "a%20", "店"] {
        let call = RawCall::get("/a").query(name, "S3CRET");
        assert_eq!(fields(&call), ["query[0]"], "{name}");
        let error = call.request().unwrap_err();
        assert!(!format!("{error:?}").contains("S3CRET"), "{error:?}");
    }
    let long = RawCall::get("/a").query("a", "店".repeat(228));
    assert_eq!(fields(&long), ["query"]);
    assert!(fields(&RawCall::get("/a").query("a", "店".repeat(227))).is_empty());
}

#[test]
fn a_body_is_json() {
    for body in ["", "a=1", "{\"a\":", "{} {}"] {
        assert_eq!(fields(&RawCall::post("/a", body)), ["body"], "{body}");
    }
    assert!(fields(&RawCall::post("/a", "{}")).is_empty());
}

#[test]
fn the_response_is_the_text_of_the_json() {
    let json = r#"{"errcode":0, "n":12345678901234567890.10, "n":"\u5e97", "list":[]}"#;
    assert_eq!(run(call(), &[Ok(json)]).0.unwrap(), json);
    // Some interfaces return no errcode. The byte order mark is not a part of the JSON.
    assert_eq!(run(call(), &[Ok("\u{feff}{}")]).0.unwrap(), "{}");
    for wrong in ["<html>", "[]", ""] {
        let error = run(call(), &[Ok(wrong)]).0.unwrap_err();
        assert_eq!(error.code(), OwnCode::NotJson);
        assert_eq!(error.outcome(), Outcome::Unknown);
    }
}

#[test]
fn a_lost_response_is_not_asked_for_again_unless_the_call_is_repeatable() {
    for lost in [lost_response(), Ok(BUSY)] {
        let (result, _) = run(call(), &[lost.clone(), Ok("{}")]);
        let error = result.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(error.interface(), Some(PATH));
        assert!(error.advice().contains("Find out"), "{}", error.advice());

        let (result, _) = run(call().repeatable(), &[lost.clone(), Ok("{}")]);
        assert_eq!(result.unwrap(), "{}");
        // The first attempt may still be applied, whatever the second one says.
        let refused = Ok(r#"{"errcode":48001,"errmsg":"api unauthorized"}"#);
        let (result, _) = run(call().repeatable(), &[lost, refused]);
        let error = result.unwrap_err();
        assert_eq!(error.errcode(), Some(48001));
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert!(!error.advice().contains("getJumpQRCode"));
    }
    // It has failed for good.
    let (result, _) = run(call().repeatable(), &[Ok(BUSY), Ok(BUSY)]);
    let error = result.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.is_retryable());
    assert!(error.advice().contains("Call again"), "{}", error.advice());
}

#[test]
fn a_refusal_after_which_nothing_was_applied_is_handled_by_the_table() {
    let stale = r#"{"errcode":40001,"errmsg":"invalid credential"}"#;
    let (result, tokens) = run(call(), &[Ok(stale), Ok("{}")]);
    assert_eq!((result.unwrap().as_str(), tokens), ("{}", 2));
    let often = r#"{"errcode":44990,"errmsg":"reach max api second frequence limit"}"#;
    assert_eq!(run(call(), &[Ok(often), Ok("{}")]).0.unwrap(), "{}");
    let unknown = r#"{"errcode":99999,"errmsg":"what"}"#;
    let error = run(call(), &[Ok(unknown)]).0.unwrap_err();
    assert_eq!(
        (error.errcode(), error.outcome()),
        (Some(99999), Outcome::NotApplied)
    );
}

#[test]
fn an_error_has_no_secret_of_the_request() {
    let call = call().query("js_code", "JSC0DE").query("openid", "oPENID");
    let echo = r#"{"errcode":40029,"errmsg":"C0DE-1 KEY-12 JSC0DE COMPONENT-1 oPENID"}"#;
    let error = run(call.clone(), &[Ok(echo)]).0.unwrap_err();
    let shown = format!("{error} {error:?} {call:?}");
    for secret in ["C0DE-1", "KEY-12", "JSC0DE", "COMPONENT-1"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(error.message().contains("oPENID"), "{error}");
    // A path is shown, but not a token in it.
    let call = RawCall::get("/a/COMPONENT-1");
    let error = run(call, &[Ok(echo)]).0.unwrap_err();
    assert_eq!(error.interface(), Some("/a/***"));
    assert_ne!(error.kind(), ErrorKind::Internal);
}

#[test]
fn only_interfaces_of_the_library_are_paced() {
    for (path, is_paced) in [
        (GetJumpQRCode::PATH, true),
        ("/cgi-bin/component/api_get_authorizer_list", false),
        (PATH, false),
    ] {
        // The caller's path, not a path of the library.
        let call = RawCall::post(path.to_owned(), "{}");
        let mut call = Call::new(call, Policy::default(), Duration::ZERO).unwrap();
        let step = call.step(Duration::ZERO);
        let paced = matches!(step, Step::Reserve { path: reserved, .. } if reserved == path);
        assert_eq!(paced, is_paced, "{path}");
        if is_paced {
            call.slot(Duration::ZERO, Some(Duration::ZERO));
        }
        assert!(matches!(call.step(Duration::ZERO), Step::GetToken { .. }));
        call.token(Duration::ZERO, Ok(Some(Secret::new("T"))));
        assert!(matches!(call.step(Duration::ZERO), Step::Send(_)));
        call.response(
            Duration::ZERO,
            Ok(Response::ok(r#"{"errcode":44990,"errmsg":""}"#)),
        );
        assert_eq!(call.take_refused_pace().is_some(), is_paced, "{path}");
    }
}
