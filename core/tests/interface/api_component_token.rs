use std::time::Duration;

use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{ApiComponentToken, Interface};
use jumpqr_core::{ErrorKind, Secret};

use super::{parts, run};

fn call() -> ApiComponentToken {
    ApiComponentToken {
        component_appid: "wxcccccccccccccccc".to_owned(),
        component_appsecret: Secret::new("APPSECRET"),
        component_verify_ticket: Secret::new("ticket@@@1-_"),
    }
}

#[test]
fn the_request_has_no_access_token() {
    let request = call().request().unwrap();
    assert_eq!(request.method.as_str(), "POST");
    assert!(!request.needs_token);
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_component_token".to_owned(),
            concat!(
                r#"{"component_appid":"wxcccccccccccccccc","component_appsecret":"APPSECRET","#,
                r#""component_verify_ticket":"ticket@@@1-_"}"#
            )
        )
    );
}

#[test]
fn the_token_of_a_response_is_read() {
    let body = r#"{"component_access_token":"CT","expires_in":7200}"#;
    let token = run(call(), &[Ok(body)]).0.unwrap();
    assert_eq!(token.access_token.expose(), "CT");
    assert_eq!(token.expires_in, Duration::from_secs(7200));
}

#[test]
fn the_token_of_another_field_is_refused() {
    let (result, _) = run(call(), &[Ok(r#"{"access_token":"CT"}"#)]);
    assert_eq!(result.unwrap_err().code(), OwnCode::UnexpectedResponse);
}

#[test]
fn wrong_credentials_end_the_call() {
    for body in [
        r#"{"errcode":40001}"#,
        r#"{"errcode":40125}"#,
        r#"{"errcode":61005}"#,
        r#"{"errcode":61006}"#,
        r#"{"errcode":61011}"#,
    ] {
        let (result, tokens) = run(call(), &[Ok(body)]);
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{body}");
        assert!(!error.is_retryable(), "{body}");
        assert_eq!(tokens, 0, "{body}");
    }
}

#[test]
fn neither_errors_nor_debug_show_a_secret() {
    let body = r#"{"errcode":61006,"errmsg":"APPSECRET ticket@@@1-_ ticket%40%40%401-_"}"#;
    let error = run(call(), &[Ok(body)]).0.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", call());
    assert!(shown.contains("wxcccccccccccccccc"), "{shown}");
    for secret in ["APPSECRET", "ticket@@@1", "@@@1-_", "%401-_"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
