use std::time::Duration;

use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{ApiQueryAuth, AuthorizationInfo, ComponentTokenField, Interface};
use jumpqr_core::{ErrorKind, Outcome, Secret};

use super::{lost_response, parts, run};

const CODE: &str = "queryauthcode@@@Q-_1";

fn call() -> ApiQueryAuth {
    ApiQueryAuth {
        component_appid: "wxcccccccccccccccc".to_owned(),
        authorization_code: Secret::new(CODE),
        component_token_field: ComponentTokenField::AccessToken,
    }
}

fn read(body: &'static str) -> AuthorizationInfo {
    run(call(), &[Ok(body)]).0.unwrap()
}

#[test]
fn the_request_has_the_platforms_token_and_the_code() {
    let request = call().request().unwrap();
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_query_auth?access_token=T".to_owned(),
            concat!(
                r#"{"component_appid":"wxcccccccccccccccc","#,
                r#""authorization_code":"queryauthcode@@@Q-_1"}"#
            )
        )
    );
    let older = ApiQueryAuth {
        component_token_field: ComponentTokenField::ComponentAccessToken,
        ..call()
    };
    let request = older.request().unwrap();
    assert!(parts(&request).0.ends_with("?component_access_token=T"));
}

#[test]
fn an_authorisation_is_read() {
    let info = read(
        r#"{"authorization_info":{
            "authorizer_appid":"wxaaaaaaaaaaaaaaaa",
            "authorizer_access_token":"AT",
            "expires_in":7200,
            "authorizer_refresh_token":"refreshtoken@@@R",
            "func_info":[
                {"funcscope_category":{"id":1}},
                {"funcscope_category":{"id":18,"type":0,"name":"dev","desc":""},
                 "confirm_info":{"need_confirm":1,"already_confirm":0,"can_confirm":1}}
            ]}}"#,
    );
    assert_eq!(info.authorizer_appid, "wxaaaaaaaaaaaaaaaa");
    assert_eq!(
        info.authorizer_refresh_token,
        Some(Secret::new("refreshtoken@@@R"))
    );
    let token = info.token().unwrap();
    assert_eq!(token.access_token.expose(), "AT");
    assert_eq!(token.expires_in, Duration::from_secs(7200));
    let sets = info.func_info.as_deref().unwrap();
    assert_eq!(sets.iter().map(|set| set.id).collect::<Vec<_>>(), [1, 18]);
    assert_eq!((&sets[0].name, sets[0].confirm_info), (&None, None));
    assert_eq!(sets[1].name.as_deref(), Some("dev"));
    let confirm = sets[1].confirm_info.unwrap();
    let flags = [
        confirm.need_confirm,
        confirm.already_confirm,
        confirm.can_confirm,
    ];
    assert_eq!(flags, [Some(true), Some(false), Some(true)]);
}

#[test]
fn an_account_without_a_right_to_call_interfaces_has_no_tokens() {
    for body in [
        r#"{"authorization_info":{"authorizer_appid":" wx1 "}}"#,
        r#"{"errcode":0,"authorization_info":{"authorizer_appid":"wx1","authorizer_access_token":"",
            "expires_in":0,"authorizer_refresh_token":"","func_info":null}}"#,
    ] {
        let info = read(body);
        assert_eq!(info.authorizer_appid, "wx1");
        assert_eq!(info.token(), None, "{body}");
        assert_eq!(info.expires_in, None, "{body}");
        assert_eq!(info.authorizer_refresh_token, None, "{body}");
        assert_eq!(info.func_info, None, "{body}");
    }
}

#[test]
fn odd_permission_sets_do_not_cost_the_others() {
    let info = read(
        r#"{"authorization_info":{"authorizer_appid":"wx1","func_info":[
            null, 3, {}, {"funcscope_category":{}}, {"funcscope_category":{"id":-1}},
            {"funcscope_category":{"id":99999999999}},
            {"funcscope_category":{"id":"3"},"confirm_info":{}}]}}"#,
    );
    let sets = info.func_info.unwrap();
    assert_eq!(sets.iter().map(|set| set.id).collect::<Vec<_>>(), [3]);
    let confirm = sets[0].confirm_info.unwrap();
    assert_eq!(confirm.need_confirm, None);
    let empty = read(r#"{"authorization_info":{"authorizer_appid":"wx1","func_info":[]}}"#);
    assert_eq!(empty.func_info, Some(Vec::new()), "nothing is granted");
}

#[test]
fn a_response_without_a_merchant_is_refused() {
    for body in [
        "{}",
        r#"{"authorization_info":[]}"#,
        r#"{"authorization_info":{"authorizer_access_token":"AT"}}"#,
    ] {
        let error = run(call(), &[Ok(body)]).0.unwrap_err();
        assert_eq!(error.code(), OwnCode::UnexpectedResponse, "{body}");
    }
}

#[test]
fn a_code_that_was_used_or_is_late_ends_the_call() {
    for body in [
        r#"{"errcode":61009,"errmsg":"code is invalid"}"#,
        r#"{"errcode":61010,"errmsg":"code is expired rid: 69855ca1-00000000-00000000"}"#,
    ] {
        let error = run(call(), &[Ok(body)]).0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{body}");
        assert!(!error.is_retryable(), "{body}");
        assert_eq!(error.outcome(), Outcome::NotApplied, "{body}");
    }
}

#[test]
fn after_a_lost_response_the_code_is_not_sent_again() {
    for lost in [
        lost_response(),
        Ok(r#"{"errcode":-1}"#),
        Ok("{}"),
        Ok("<html>"),
    ] {
        let unused = Ok(r#"{"authorization_info":{"authorizer_appid":"wx1"}}"#);
        let error = run(call(), &[lost, unused]).0.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        assert!(
            error.advice().contains("api_get_authorizer_list"),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_authorization_code_is_not_sent() {
    for (code, says) in [
        ("", "is empty"),
        ("preauthcode@@@A", "pre_auth_code"),
        ("refreshtoken@@@A", "authorizer_refresh_token"),
        ("queryauthcode%40%40%40A", "percent-encoded"),
    ] {
        let call = ApiQueryAuth {
            authorization_code: Secret::new(code),
            ..call()
        };
        let violations = call.check().violations;
        assert_eq!(violations.len(), 1, "{code}");
        assert_eq!(violations[0].field, "authorization_code");
        assert!(violations[0].message.contains(says), "{code}");
    }
    for code in [CODE, "older-code_without-prefix"] {
        let call = ApiQueryAuth {
            authorization_code: Secret::new(code),
            ..call()
        };
        assert!(call.check().is_valid(), "{code}");
    }
}

#[test]
fn neither_errors_nor_debug_show_a_secret() {
    let body = r#"{"errcode":61010,
        "errmsg":"queryauthcode@@@Q-_1 queryauthcode%40%40%40Q-_1 COMPONENT-1"}"#;
    let error = run(call(), &[Ok(body)]).0.unwrap_err();
    let info = read(
        r#"{"authorization_info":{"authorizer_appid":"wx1","authorizer_access_token":"Q-_1",
            "authorizer_refresh_token":"refreshtoken@@@Q-_1"}}"#,
    );
    let shown = format!("{error} {error:?} {:?} {info:?}", call());
    assert!(shown.contains("wx1"), "{shown}");
    for secret in ["Q-_1", "COMPONENT-1"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
