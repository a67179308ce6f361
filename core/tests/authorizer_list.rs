//! The merchants of a third-party platform: what is asked, what is read from an answer, and how to get to the last page.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    ApiGetAuthorizerList, AuthorizerList, ComponentTokenField, Interface, MAX_AUTHORIZER_COUNT,
};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Secret};

const BASE: &str = "https://api.weixin.qq.com";

fn first_page() -> ApiGetAuthorizerList {
    ApiGetAuthorizerList::first_page("wxcccccccccccccccc", ComponentTokenField::AccessToken)
}

/// The result of the first page's call to which these answers come, and the tokens that it was asked for.
fn run(answers: &[&str]) -> (Result<AuthorizerList, Error>, usize) {
    let now = Duration::ZERO;
    let mut call = Call::new(first_page(), Policy::default(), now);
    let mut answers = answers.iter();
    let mut tokens = 0;
    loop {
        match call.step(now) {
            Step::GetToken { .. } => {
                tokens += 1;
                call.token(now, Ok(Some(Secret::new(format!("COMPONENT-{tokens}")))));
            }
            Step::Reserve { .. } => call.reserved(now, Some(now)),
            Step::Wait { .. } => panic!("nothing is to be waited for"),
            Step::Send(_) => {
                let answer = answers.next().expect("no more is sent than is answered");
                call.response(now, Ok(Response::ok(*answer)));
            }
            Step::Done(result) => return (result, tokens),
        }
    }
}

fn listed(answer: &str) -> AuthorizerList {
    run(&[answer]).0.unwrap()
}

#[test]
fn merchants_are_asked_for_with_the_platforms_token() {
    let request = ApiGetAuthorizerList {
        offset: 500,
        count: 100,
        ..first_page()
    }
    .request();
    assert_eq!(request.method().as_str(), "POST");
    assert_eq!(
        request.url(BASE, Some(&Secret::new("T"))).expose(),
        "https://api.weixin.qq.com/cgi-bin/component/api_get_authorizer_list?access_token=T"
    );
    assert_eq!(
        request.body(),
        Some(&br#"{"component_appid":"wxcccccccccccccccc","offset":500,"count":100}"#[..])
    );
    let older = ComponentTokenField::ComponentAccessToken;
    let request = ApiGetAuthorizerList::first_page("wxcccccccccccccccc", older).request();
    assert_eq!(
        request.url(BASE, Some(&Secret::new("T"))).expose(),
        "https://api.weixin.qq.com/cgi-bin/component/api_get_authorizer_list?component_access_token=T"
    );
}

#[test]
fn the_sample_of_the_official_page_is_read() {
    let answer = listed(
        r#"{"total_count":33,"list":[
            {"authorizer_appid":"authorizer_appid_1","refresh_token":"refresh_token_1","auth_time":1558000607},
            {"authorizer_appid":"authorizer_appid_2","refresh_token":"refresh_token_2","auth_time":1558000607}]}"#,
    );
    assert_eq!(answer.total_count, Some(33));
    assert_eq!(answer.list.len(), 2);
    let second = answer.find("authorizer_appid_2").unwrap();
    assert_eq!(second.refresh_token, Some(Secret::new("refresh_token_2")));
    assert_eq!(second.auth_time, Some(1_558_000_607));
    assert_eq!(answer.find("authorizer_appid_3"), None);
}

#[test]
fn odd_entries_cost_none_of_the_others() {
    let answer = listed(
        r#"{"errcode":0,"total_count":"6","list":[null,7,{},{"authorizer_appid":"","refresh_token":"R0"},
            {"authorizer_appid":"wx1","auth_time":1685428690},
            {"authorizer_appid":" wx2 ","refresh_token":"","auth_time":"soon"},
            {"authorizer_appid":"wx3","refresh_token":" R3 ","auth_time":"1685428690","news":[]}]}"#,
    );
    assert_eq!(answer.total_count, Some(6));
    let read: Vec<_> = answer
        .list
        .iter()
        .map(|merchant| {
            let refresh_token = merchant.refresh_token.as_ref().map(Secret::expose);
            let appid = merchant.authorizer_appid.as_str();
            (appid, refresh_token, merchant.auth_time)
        })
        .collect();
    assert_eq!(
        read,
        [
            ("wx1", None, Some(1_685_428_690)),
            ("wx2", None, None),
            ("wx3", Some("R3"), Some(1_685_428_690)),
        ]
    );
}

#[test]
fn a_platform_without_merchants_is_told_from_no_answer() {
    for answer in [r#"{"total_count":0}"#, r#"{"list":[]}"#] {
        let answer = listed(answer);
        assert!(answer.list.is_empty());
        assert_eq!(first_page().next_page(&answer), None);
    }
    for answer in ["{}", r#"{"errcode":0,"errmsg":"ok"}"#, r#"{"list":null}"#] {
        let error = run(&[answer]).0.unwrap_err();
        assert_eq!(error.code(), OwnCode::UnexpectedResponse, "{answer}");
    }
}

#[test]
fn pages_go_on_to_the_last_merchant() {
    let page = |answer: &str| first_page().next_page(&listed(answer));
    let offset = |answer: &str| page(answer).map(|next| (next.offset, next.count));
    let next = Some((2, MAX_AUTHORIZER_COUNT));
    let two = r#""list":[{"authorizer_appid":"wx1"},{"authorizer_appid":"wx2"}]"#;
    assert_eq!(
        offset(&format!(r#"{{"total_count":3,{two}}}"#)),
        next,
        "a short page"
    );
    assert_eq!(offset(&format!(r#"{{"total_count":2,{two}}}"#)), None);
    assert_eq!(offset(&format!("{{{two}}}")), next, "no total");
    let odd = r#"{"total_count":3,"list":[null,{"authorizer_appid":"wx2"}]}"#;
    assert_eq!(offset(odd), next, "what is passed over is passed over");
    assert_eq!(offset(r#"{"total_count":3,"list":[]}"#), None);

    let last = ApiGetAuthorizerList {
        offset: u32::MAX,
        ..first_page()
    };
    assert_eq!(last.next_page(&listed(&format!("{{{two}}}"))), None);
    let second = page(&format!(r#"{{"total_count":3,{two}}}"#)).unwrap();
    let third = listed(r#"{"total_count":3,"list":[{"authorizer_appid":"wx3"}]}"#);
    assert_eq!(second.next_page(&third), None);
}

#[test]
fn a_stale_component_token_is_renewed_once() {
    let stale = r#"{"errcode":42001}"#;
    let (result, tokens) = run(&[stale, r#"{"total_count":0,"list":[]}"#]);
    assert!(result.is_ok());
    assert_eq!(tokens, 2);
    let (result, tokens) = run(&[stale, stale]);
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
fn no_refresh_token_is_shown() {
    let answer = listed(r#"{"list":[{"authorizer_appid":"wx1","refresh_token":"R-SECRET"}]}"#);
    let shown = format!("{answer:?}");
    assert!(shown.contains("wx1"), "{shown}");
    assert!(!shown.contains("R-SECRET"), "{shown}");
    let echo = r#"{"errcode":40013,"errmsg":"invalid appid of COMPONENT-1"}"#;
    let error = run(&[echo]).0.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("COMPONENT-1"));
}
