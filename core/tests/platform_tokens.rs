//! The token requests of a third-party platform: what goes out, what comes back, and what a lost answer means.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

use std::time::Duration;

use jumpqr_core::call::{Call, FailureCause, Policy, SendFailure, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    ApiAuthorizerToken, ApiComponentToken, AuthorizerTokenResponse, ComponentTokenField, Interface,
};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Outcome, Secret};

const BASE: &str = "https://api.weixin.qq.com";

type Staged = Result<&'static str, SendFailure>;

fn component() -> ApiComponentToken {
    ApiComponentToken {
        component_appid: "wxcccccccccccccccc".to_owned(),
        component_appsecret: Secret::new("APPSECRET"),
        component_verify_ticket: Secret::new("ticket@@@1-_"),
    }
}

fn authorizer() -> ApiAuthorizerToken {
    ApiAuthorizerToken {
        component_appid: "wxcccccccccccccccc".to_owned(),
        authorizer_appid: "wxaaaaaaaaaaaaaaaa".to_owned(),
        authorizer_refresh_token: Secret::new("refreshtoken@@@1"),
        component_token_field: ComponentTokenField::AccessToken,
    }
}

fn lost() -> Staged {
    Err(SendFailure::after_sending(
        FailureCause::ConnectionLost,
        "staged",
    ))
}

/// The result of a call to which these answers come, one after the other, and the tokens that it was asked for.
fn run<I: Interface>(interface: I, answers: &[Staged]) -> (Result<I::Response, Error>, usize) {
    let mut now = Duration::ZERO;
    let policy = Policy {
        delays: vec![Duration::from_millis(10); answers.len().saturating_sub(1)],
        ..Policy::default()
    };
    let mut call = Call::new(interface, policy, now);
    let mut answers = answers.iter();
    let mut tokens = 0;
    loop {
        match call.step(now) {
            Step::GetToken { .. } => {
                tokens += 1;
                call.token(now, Ok(Some(Secret::new(format!("COMPONENT-{tokens}")))));
            }
            Step::Reserve { .. } => call.reserved(now, Some(now)),
            Step::Wait { until } => now = until,
            Step::Send(_) => {
                let answer = answers.next().expect("no more is sent than is answered");
                call.response(now, answer.clone().map(Response::ok));
            }
            Step::Done(result) => return (result, tokens),
        }
    }
}

fn refused(answers: &[Staged]) -> Error {
    run(authorizer(), answers).0.unwrap_err()
}

fn granted(answer: &'static str) -> AuthorizerTokenResponse {
    run(authorizer(), &[Ok(answer)]).0.unwrap()
}

#[test]
fn a_component_token_is_asked_for_without_a_token() {
    let request = component().request();
    assert_eq!(request.method().as_str(), "POST");
    assert!(!request.needs_token());
    assert_eq!(
        request.url(BASE, None).expose(),
        "https://api.weixin.qq.com/cgi-bin/component/api_component_token"
    );
    assert_eq!(
        request.body(),
        Some(
            &br#"{"component_appid":"wxcccccccccccccccc","component_appsecret":"APPSECRET","component_verify_ticket":"ticket@@@1-_"}"#[..]
        )
    );
}

#[test]
fn an_authorizer_token_is_asked_for_with_the_platforms_token() {
    let request = authorizer().request();
    assert!(request.needs_token());
    assert_eq!(
        request.url(BASE, Some(&Secret::new("T"))).expose(),
        "https://api.weixin.qq.com/cgi-bin/component/api_authorizer_token?access_token=T"
    );
    assert_eq!(
        request.body(),
        Some(
            &br#"{"component_appid":"wxcccccccccccccccc","authorizer_appid":"wxaaaaaaaaaaaaaaaa","authorizer_refresh_token":"refreshtoken@@@1"}"#[..]
        )
    );
}

#[test]
fn the_older_name_of_the_query_field_is_a_setting() {
    let older = ApiAuthorizerToken {
        component_token_field: ComponentTokenField::ComponentAccessToken,
        ..authorizer()
    };
    let request = older.request();
    assert_eq!(
        request.url(BASE, Some(&Secret::new("T"))).expose(),
        "https://api.weixin.qq.com/cgi-bin/component/api_authorizer_token?component_access_token=T"
    );
    assert!(
        request
            .shown_url(BASE)
            .ends_with("?component_access_token=***")
    );
    for field in ComponentTokenField::ALL {
        assert_eq!(
            ComponentTokenField::from_name(field.name()).unwrap(),
            *field
        );
    }
    let error = ComponentTokenField::from_name("token").unwrap_err();
    assert_eq!(
        error.message(),
        "component_token_field: give access_token or component_access_token"
    );
}

#[test]
fn what_is_granted_is_read() {
    let answer = r#"{"component_access_token":"CT","expires_in":7200}"#;
    let token = run(component(), &[Ok(answer)]).0.unwrap();
    assert_eq!(token.access_token.expose(), "CT");
    assert_eq!(token.expires_in, Duration::from_secs(7200));

    let answer = granted(
        r#"{"authorizer_access_token":"AT","expires_in":"600","authorizer_refresh_token":"R2"}"#,
    );
    assert_eq!(answer.token.access_token.expose(), "AT");
    assert_eq!(answer.token.expires_in, Duration::from_secs(600));
    assert_eq!(answer.authorizer_refresh_token, Some(Secret::new("R2")));
}

#[test]
fn a_refresh_token_that_is_left_out_costs_no_access_token() {
    for answer in [
        r#"{"authorizer_access_token":"AT","expires_in":7200}"#,
        r#"{"authorizer_access_token":"AT","authorizer_refresh_token":""}"#,
    ] {
        let answer = granted(answer);
        assert_eq!(answer.token.access_token.expose(), "AT");
        assert_eq!(answer.authorizer_refresh_token, None);
    }
}

#[test]
fn the_token_of_another_field_is_not_taken() {
    let (result, _) = run(component(), &[Ok(r#"{"access_token":"CT"}"#)]);
    assert_eq!(result.unwrap_err().code(), OwnCode::UnexpectedResponse);
    let error = refused(&[Ok(r#"{"access_token":"AT"}"#)]);
    assert_eq!(error.code(), OwnCode::UnexpectedResponse);
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[test]
fn a_stale_component_token_is_renewed_once() {
    let stale = Ok(r#"{"errcode":42001}"#);
    let good = Ok(r#"{"authorizer_access_token":"AT","authorizer_refresh_token":"R2"}"#);
    let (result, tokens) = run(authorizer(), &[stale.clone(), good]);
    assert!(result.is_ok());
    assert_eq!(tokens, 2);
    let (result, tokens) = run(authorizer(), &[stale.clone(), stale]);
    let error = result.unwrap_err();
    assert_eq!((error.errcode(), tokens), (Some(42001), 2));
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[test]
fn wrong_credentials_of_the_platform_end_the_call() {
    for answer in [
        r#"{"errcode":40001}"#,
        r#"{"errcode":40125}"#,
        r#"{"errcode":61005}"#,
        r#"{"errcode":61006}"#,
        r#"{"errcode":61011}"#,
    ] {
        let (result, tokens) = run(component(), &[Ok(answer)]);
        let error = result.unwrap_err();
        assert_eq!(error.kind().name(), "credentials", "{answer}");
        assert!(!error.is_retryable(), "{answer}");
        assert_eq!(tokens, 0);
    }
}

#[test]
fn what_became_of_a_token_request_says_nothing_of_a_change() {
    for replies in [
        vec![lost()],
        vec![Ok(r#"{"errcode":-1}"#)],
        vec![lost(), Ok(r#"{"errcode":61023}"#)],
    ] {
        let error = refused(&replies);
        assert_eq!(error.outcome(), Outcome::NotApplied);
        assert!(!error.advice().contains("Read"), "{}", error.advice());
        assert!(
            !error.advice().contains("getJumpQRCode"),
            "{}",
            error.advice()
        );
    }
}

#[test]
fn no_error_holds_a_secret() {
    let echo = r#"{"errcode":61006,"errmsg":"APPSECRET ticket@@@1-_ ticket%40%40%401-_ COMPONENT-1 refreshtoken@@@1 refreshtoken%40%40%401"}"#;
    let of_component = run(component(), &[Ok(echo)]).0.unwrap_err();
    let of_authorizer = refused(&[Ok(echo)]);
    let text = format!("{of_component} {of_component:?}");
    for secret in ["APPSECRET", "@@@1-_", "%401-_"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let text = format!("{of_authorizer} {of_authorizer:?}");
    for secret in ["COMPONENT-1", "refreshtoken@@@1", "refreshtoken%40"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let shown = format!("{:?} {:?}", component(), authorizer());
    assert!(shown.contains("wxcccccccccccccccc"));
    for secret in ["APPSECRET", "ticket@@@1", "refreshtoken@@@1"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
