use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{ApiCreatePreauthcode, ComponentTokenField, Interface};

use super::{parts, run};

fn call() -> ApiCreatePreauthcode {
    ApiCreatePreauthcode {
        component_appid: "wxcccccccccccccccc".to_owned(),
        component_token_field: ComponentTokenField::AccessToken,
    }
}

#[test]
fn the_request_has_the_platforms_token() {
    let request = call().request().unwrap();
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_create_preauthcode?access_token=T"
                .to_owned(),
            r#"{"component_appid":"wxcccccccccccccccc"}"#
        )
    );
    let older = ApiCreatePreauthcode {
        component_token_field: ComponentTokenField::ComponentAccessToken,
        ..call()
    };
    let request = older.request().unwrap();
    assert!(parts(&request).0.ends_with("?component_access_token=T"));
}

#[test]
fn the_code_and_its_life_are_read() {
    for (body, life) in [
        (
            r#"{"pre_auth_code":" preauthcode@@@A-_ ","expires_in":1800}"#,
            1800,
        ),
        (
            r#"{"pre_auth_code":"preauthcode@@@A-_","expires_in":"600"}"#,
            600,
        ),
        (
            r#"{"pre_auth_code":"preauthcode@@@A-_","expires_in":0}"#,
            600,
        ),
        (r#"{"pre_auth_code":"preauthcode@@@A-_"}"#, 600),
    ] {
        let code = run(call(), &[Ok(body)]).0.unwrap();
        assert_eq!(code.pre_auth_code.expose(), "preauthcode@@@A-_", "{body}");
        assert_eq!(code.expires_in.as_secs(), life, "{body}");
        assert!(!format!("{code:?}").contains("A-_"));
    }
}

#[test]
fn a_response_without_a_code_is_refused() {
    for body in ["{}", r#"{"pre_auth_code":""}"#, r#"{"pre_auth_code":7}"#] {
        let error = run(call(), &[Ok(body)]).0.unwrap_err();
        assert_eq!(error.code(), OwnCode::UnexpectedResponse, "{body}");
    }
}

#[test]
fn a_lost_response_is_followed_by_a_new_code() {
    let (result, _) = run(
        call(),
        &[
            Ok(r#"{"errcode":-1}"#),
            Ok(r#"{"pre_auth_code":"preauthcode@@@B"}"#),
        ],
    );
    assert_eq!(result.unwrap().pre_auth_code.expose(), "preauthcode@@@B");
}
