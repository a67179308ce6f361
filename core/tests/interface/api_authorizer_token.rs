use std::time::Duration;

use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    ApiAuthorizerToken, AuthorizerTokenResponse, ComponentTokenField, Interface,
};
use jumpqr_core::{Error, Outcome, Secret};

use super::{Body, lost_response, parts, run};

fn call() -> ApiAuthorizerToken {
    ApiAuthorizerToken {
        component_appid: "wxcccccccccccccccc".to_owned(),
        authorizer_appid: "wxaaaaaaaaaaaaaaaa".to_owned(),
        authorizer_refresh_token: Secret::new("refreshtoken@@@1"),
        component_token_field: ComponentTokenField::AccessToken,
    }
}

fn refuse(responses: &[Body]) -> Error {
    run(call(), responses).0.unwrap_err()
}

fn read(body: &'static str) -> AuthorizerTokenResponse {
    run(call(), &[Ok(body)]).0.unwrap()
}

#[test]
fn the_request_has_the_platforms_token() {
    let request = call().request().unwrap();
    assert!(request.needs_token);
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_authorizer_token?access_token=T"
                .to_owned(),
            concat!(
                r#"{"component_appid":"wxcccccccccccccccc","#,
                r#""authorizer_appid":"wxaaaaaaaaaaaaaaaa","#,
                r#""authorizer_refresh_token":"refreshtoken@@@1"}"#
            )
        )
    );
}

#[test]
fn the_older_name_of_the_query_field_can_be_chosen() {
    let older = ApiAuthorizerToken {
        component_token_field: ComponentTokenField::ComponentAccessToken,
        ..call()
    };
    let request = older.request().unwrap();
    let (url, _) = parts(&request);
    assert!(url.ends_with("?component_access_token=T"), "{url}");
    let shown = request.shown_url("https://api.weixin.qq.com");
    assert!(shown.ends_with("?component_access_token=***"), "{shown}");
}

#[test]
fn the_names_of_the_query_field_are_read_and_others_refused() {
    for field in ComponentTokenField::ALL {
        let read = ComponentTokenField::from_name(field.name());
        assert_eq!(read.unwrap(), *field);
    }
    let error = ComponentTokenField::from_name("token").unwrap_err();
    assert_eq!(
        error.message(),
        "component_token_field: give access_token or component_access_token"
    );
}

#[test]
fn the_tokens_of_a_response_are_read() {
    let response = read(concat!(
        r#"{"authorizer_access_token":"AT","expires_in":"600","#,
        r#""authorizer_refresh_token":"R2"}"#
    ));
    assert_eq!(response.token.access_token.expose(), "AT");
    assert_eq!(response.token.expires_in, Duration::from_secs(600));
    assert_eq!(response.authorizer_refresh_token, Some(Secret::new("R2")));
}

#[test]
fn a_response_without_a_refresh_token_is_accepted() {
    for body in [
        r#"{"authorizer_access_token":"AT","expires_in":7200}"#,
        r#"{"authorizer_access_token":"AT","authorizer_refresh_token":""}"#,
    ] {
        let response = read(body);
        assert_eq!(response.token.access_token.expose(), "AT");
        assert_eq!(response.authorizer_refresh_token, None);
    }
}

#[test]
fn the_token_of_another_field_is_refused() {
    let error = refuse(&[Ok(r#"{"access_token":"AT"}"#)]);
    assert_eq!(error.code(), OwnCode::UnexpectedResponse);
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[test]
fn a_stale_component_token_is_renewed_once() {
    let stale = Ok(r#"{"errcode":42001}"#);
    let good = Ok(r#"{"authorizer_access_token":"AT","authorizer_refresh_token":"R2"}"#);
    let (result, tokens) = run(call(), &[stale.clone(), good]);
    assert!(result.is_ok());
    assert_eq!(tokens, 2);
    let (result, tokens) = run(call(), &[stale.clone(), stale]);
    let error = result.unwrap_err();
    assert_eq!((error.errcode(), tokens), (Some(42001), 2));
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[test]
fn an_error_does_not_advise_to_look_whether_a_change_was_applied() {
    for responses in [
        vec![lost_response()],
        vec![Ok(r#"{"errcode":-1}"#)],
        vec![lost_response(), Ok(r#"{"errcode":61023}"#)],
    ] {
        let error = refuse(&responses);
        assert_eq!(error.outcome(), Outcome::NotApplied);
        let advice = error.advice();
        assert!(!advice.contains("Read"), "{advice}");
        assert!(!advice.contains("getJumpQRCode"), "{advice}");
    }
}

#[test]
fn neither_errors_nor_debug_show_a_secret() {
    let body = concat!(
        r#"{"errcode":61006,"errmsg":"#,
        r#""COMPONENT-1 refreshtoken@@@1 refreshtoken%40%40%401"}"#
    );
    let error = refuse(&[Ok(body)]);
    let shown = format!("{error} {error:?} {:?}", call());
    assert!(shown.contains("wxcccccccccccccccc"), "{shown}");
    for secret in ["COMPONENT-1", "refreshtoken@@@1", "refreshtoken%40"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
