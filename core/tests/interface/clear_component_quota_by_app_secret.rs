use jumpqr_core::interface::{ClearComponentQuotaByAppSecret, Confirmation, Interface};
use jumpqr_core::{ErrorKind, Outcome, Secret};

use super::{lost_response, parts, run};

const OK: &str = r#"{"errcode":0,"errmsg":"ok"}"#;

fn call(appid: Option<&str>) -> ClearComponentQuotaByAppSecret {
    ClearComponentQuotaByAppSecret {
        component_appid: "wxcccccccccccccccc".to_owned(),
        appsecret: Secret::new("APPSECRET"),
        appid: appid.map(str::to_owned),
    }
}

#[test]
fn the_request_names_the_merchant_if_there_is_one() {
    let url = "https://api.weixin.qq.com/cgi-bin/component/clear_quota/v2";
    for (appid, body) in [
        (
            None,
            r#"{"component_appid":"wxcccccccccccccccc","appsecret":"APPSECRET"}"#,
        ),
        (
            Some("wxaaaaaaaaaaaaaaaa"),
            concat!(
                r#"{"component_appid":"wxcccccccccccccccc","appsecret":"APPSECRET","#,
                r#""appid":"wxaaaaaaaaaaaaaaaa"}"#
            ),
        ),
    ] {
        let request = call(appid).request().unwrap();
        assert!(!request.needs_token);
        assert_eq!(parts(&request), (url.to_owned(), body));
    }
}

#[test]
fn the_counts_are_not_cleared_twice() {
    let done = run(call(None), &[Ok(OK)]).0.unwrap();
    assert_eq!(done, Confirmation::Answered);
    for lost in [lost_response(), Ok(r#"{"errcode":-1}"#), Ok("{}")] {
        let error = run(call(None), &[lost, Ok(OK)]).0.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        assert!(error.advice().contains("10 times a month"), "{error}");
    }
}

#[test]
fn a_refusal_is_final_and_does_not_show_the_secret() {
    for (body, kind) in [
        (
            r#"{"errcode":48006,"errmsg":"APPSECRET"}"#,
            ErrorKind::Quota,
        ),
        (
            r#"{"errcode":40001,"errmsg":"APPSECRET"}"#,
            ErrorKind::Credentials,
        ),
    ] {
        let (result, tokens) = run(call(None), &[Ok(body)]);
        let error = result.unwrap_err();
        assert_eq!((error.kind(), tokens), (kind, 0), "{body}");
        assert_eq!(error.outcome(), Outcome::NotApplied);
        let shown = format!("{error} {error:?} {:?}", call(None));
        assert!(!shown.contains("APPSECRET"), "{shown}");
    }
}
