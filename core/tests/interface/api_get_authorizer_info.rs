use jumpqr_core::Secret;
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    AccountStatus, ApiGetAuthorizerInfo, AuthorizerInfoResponse, ComponentTokenField, Interface,
};
use serde_json::json;

use super::{parts, run};

fn call() -> ApiGetAuthorizerInfo {
    ApiGetAuthorizerInfo {
        component_appid: "wxcccccccccccccccc".to_owned(),
        authorizer_appid: "wxaaaaaaaaaaaaaaaa".to_owned(),
        component_token_field: ComponentTokenField::AccessToken,
    }
}

fn read(body: &'static str) -> AuthorizerInfoResponse {
    run(call(), &[Ok(body)]).0.unwrap()
}

#[test]
fn the_request_has_the_platforms_token() {
    let request = call().request().unwrap();
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_get_authorizer_info?access_token=T"
                .to_owned(),
            concat!(
                r#"{"component_appid":"wxcccccccccccccccc","#,
                r#""authorizer_appid":"wxaaaaaaaaaaaaaaaa"}"#
            )
        )
    );
}

#[test]
fn a_mini_program_is_read() {
    let response = read(
        r#"{"authorizer_info":{
            "nick_name":" Tables ","head_img":"http://wx.qlogo.cn/a/0",
            "service_type_info":{"id":0,"name":"mini"},"verify_type_info":{"id":-1},
            "user_name":"gh_eb5e3a772040","alias":"","qrcode_url":"http://mmbiz.qpic.cn/a",
            "business_info":{"open_store":0},"idc":1,"principal_name":"个人","signature":"Scan",
            "MiniProgramInfo":{
                "network":{"RequestDomain":["https://a.example.cn"]},
                "categories":[{"first":"food","second":"tables"},null,{"first":"tools"}],
                "visit_status":0},
            "register_type":16,"account_status":19,"basic_config":{"is_phone_configured":true}},
          "authorization_info":{
            "authorizer_appid":"wxaaaaaaaaaaaaaaaa","authorizer_refresh_token":"refreshtoken@@@R",
            "func_info":[{"funcscope_category":{"id":18}}]}}"#,
    );
    let info = &response.authorizer_info;
    assert!(info.is_mini_program());
    assert_eq!(info.account_status, Some(AccountStatus::Frozen));
    assert_eq!(
        serde_json::to_value(info).unwrap(),
        json!({
            "nick_name": "Tables", "head_img": "http://wx.qlogo.cn/a/0",
            "service_type_info": 0, "verify_type_info": -1, "user_name": "gh_eb5e3a772040",
            "alias": null, "qrcode_url": "http://mmbiz.qpic.cn/a", "principal_name": "个人",
            "signature": "Scan",
            "MiniProgramInfo": {
                "categories": [
                    {"first": "food", "second": "tables"}, {"first": "tools", "second": null},
                ],
                "visit_status": 0,
            },
            "register_type": 16, "account_status": "frozen",
        })
    );
    let granted = response.authorization_info.unwrap();
    assert_eq!(
        granted.token(),
        None,
        "this interface returns no access token"
    );
    assert_eq!(
        granted.authorizer_refresh_token,
        Some(Secret::new("refreshtoken@@@R"))
    );
    assert_eq!(granted.func_info.unwrap()[0].id, 18);
}

#[test]
fn what_is_missing_or_odd_is_none() {
    let response = read(
        r#"{"authorizer_info":{"service_type_info":2,"verify_type_info":{"name":"x"},
            "account_status":20,"miniprograminfo":{},"register_type":"soon"}}"#,
    );
    let info = response.authorizer_info;
    assert_eq!(info.service_type_info, Some(2), "a bare number");
    assert_eq!(info.verify_type_info, None);
    assert_eq!(info.account_status, None, "an undocumented number");
    assert_eq!(info.register_type, None);
    assert!(!info.is_mini_program(), "the M is a capital letter");
    assert_eq!(response.authorization_info, None);
    let error = run(call(), &[Ok(r#"{"authorization_info":{}}"#)])
        .0
        .unwrap_err();
    assert_eq!(error.code(), OwnCode::UnexpectedResponse);
}

#[test]
fn each_documented_status_has_its_number() {
    let numbers = AccountStatus::ALL.iter().map(|status| status.number());
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 14, 16, 18, 19]);
    for status in AccountStatus::ALL {
        assert_eq!(
            AccountStatus::from_number(status.number().into()),
            Some(*status)
        );
    }
}

#[test]
fn debug_does_not_show_the_refresh_token() {
    let response = read(
        r#"{"authorizer_info":{"nick_name":"Tables"},"authorization_info":{
            "authorizer_appid":"wx1","authorizer_refresh_token":"refreshtoken@@@R-1"}}"#,
    );
    let shown = format!("{response:?}");
    assert!(shown.contains("Tables"), "{shown}");
    assert!(!shown.contains("R-1"), "{shown}");
}
