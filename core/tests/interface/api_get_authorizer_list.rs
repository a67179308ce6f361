use jumpqr_core::Secret;
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    ApiGetAuthorizerList, AuthorizerList, ComponentTokenField, Interface, MAX_AUTHORIZER_COUNT,
};

use super::{parts, run};

fn first_page() -> ApiGetAuthorizerList {
    ApiGetAuthorizerList::first_page("wxcccccccccccccccc", ComponentTokenField::AccessToken)
}

fn read(body: &'static str) -> AuthorizerList {
    run(first_page(), &[Ok(body)]).0.unwrap()
}

#[test]
fn the_request_has_the_platforms_token() {
    let call = ApiGetAuthorizerList {
        offset: 500,
        count: 100,
        ..first_page()
    };
    let request = call.request().unwrap();
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_get_authorizer_list?access_token=T"
                .to_owned(),
            r#"{"component_appid":"wxcccccccccccccccc","offset":500,"count":100}"#
        )
    );
}

#[test]
fn the_older_name_of_the_query_field_can_be_chosen() {
    let older = ApiGetAuthorizerList {
        component_token_field: ComponentTokenField::ComponentAccessToken,
        ..first_page()
    };
    let request = older.request().unwrap();
    let (url, _) = parts(&request);
    assert!(url.ends_with("?component_access_token=T"), "{url}");
}

#[test]
fn the_sample_of_the_official_page_is_read() {
    let list = read(
        r#"{"total_count":33,"list":[
            {
                "authorizer_appid":"authorizer_appid_1",
                "refresh_token":"refresh_token_1",
                "auth_time":1558000607
            },
            {
                "authorizer_appid":"authorizer_appid_2",
                "refresh_token":"refresh_token_2",
                "auth_time":1558000607
            }]}"#,
    );
    assert_eq!(list.total_count, Some(33));
    assert_eq!(list.list.len(), 2);
    let second = list.find("authorizer_appid_2").unwrap();
    assert_eq!(second.refresh_token, Some(Secret::new("refresh_token_2")));
    assert_eq!(second.auth_time, Some(1_558_000_607));
    assert_eq!(list.find("authorizer_appid_3"), None);
}

#[test]
fn odd_entries_do_not_cost_the_others() {
    let list = read(
        r#"{"errcode":0,"total_count":"6","list":[
            null,
            7,
            {},
            {"authorizer_appid":"","refresh_token":"R0"},
            {"authorizer_appid":"wx1","auth_time":1685428690},
            {"authorizer_appid":" wx2 ","refresh_token":"","auth_time":"soon"},
            {
                "authorizer_appid":"wx3",
                "refresh_token":" R3 ",
                "auth_time":"1685428690",
                "news":[]
            }]}"#,
    );
    assert_eq!(list.total_count, Some(6));
    let merchants: Vec<_> = list
        .list
        .iter()
        .map(|merchant| {
            let refresh_token = merchant.refresh_token.as_ref().map(Secret::expose);
            let appid = merchant.authorizer_appid.as_str();
            (appid, refresh_token, merchant.auth_time)
        })
        .collect();
    assert_eq!(
        merchants,
        [
            ("wx1", None, Some(1_685_428_690)),
            ("wx2", None, None),
            ("wx3", Some("R3"), Some(1_685_428_690)),
        ]
    );
}

#[test]
fn an_empty_list_is_distinguished_from_a_response_without_a_list() {
    for body in [r#"{"total_count":0}"#, r#"{"list":[]}"#] {
        assert!(read(body).list.is_empty(), "{body}");
    }
    for body in ["{}", r#"{"errcode":0,"errmsg":"ok"}"#, r#"{"list":null}"#] {
        let error = run(first_page(), &[Ok(body)]).0.unwrap_err();
        assert_eq!(error.code(), OwnCode::UnexpectedResponse, "{body}");
    }
}

#[test]
fn a_stale_component_token_is_renewed_once() {
    let stale = Ok(r#"{"errcode":42001}"#);
    let (result, tokens) = run(
        first_page(),
        &[stale.clone(), Ok(r#"{"total_count":0,"list":[]}"#)],
    );
    assert!(result.is_ok());
    assert_eq!(tokens, 2);
    let (result, tokens) = run(first_page(), &[stale.clone(), stale]);
    assert_eq!((result.unwrap_err().errcode(), tokens), (Some(42001), 2));
}

#[test]
fn a_count_that_is_out_of_range_is_not_sent() {
    for (count, violations) in [
        (0, 1),
        (1, 0),
        (MAX_AUTHORIZER_COUNT, 0),
        (MAX_AUTHORIZER_COUNT + 1, 1),
    ] {
        let call = ApiGetAuthorizerList {
            count,
            ..first_page()
        };
        assert_eq!(call.check().violations.len(), violations, "{count}");
    }
}

#[test]
fn neither_errors_nor_debug_show_a_secret() {
    let list = read(r#"{"list":[{"authorizer_appid":"wx1","refresh_token":"R-SECRET"}]}"#);
    let shown = format!("{list:?}");
    assert!(shown.contains("wx1"), "{shown}");
    assert!(!shown.contains("R-SECRET"), "{shown}");
    let body = r#"{"errcode":40013,"errmsg":"invalid appid of COMPONENT-1"}"#;
    let error = run(first_page(), &[Ok(body)]).0.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("COMPONENT-1"));
}
