use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{AnyCall, GetJumpQRCode, check_call, parse_call};
use serde_json::{Value, json};

fn violations(interface: &str, arguments: &Value) -> Vec<(String, &'static str)> {
    let report = check_call(interface, arguments).unwrap();
    let found = report.violations.into_iter();
    found
        .map(|finding| (finding.field, finding.code.name()))
        .collect()
}

#[test]
fn violations_of_form_and_content_are_reported_at_once() {
    let arguments = json!({"appid": "wx 1", "page_num": 0, "page_size": 1, "pages": 2});
    assert_eq!(
        violations("getJumpQRCode", &arguments),
        [
            ("pages".to_owned(), "unknown_field"),
            ("appid".to_owned(), "not_one_word"),
            ("page_num".to_owned(), "out_of_range"),
        ]
    );
}

#[test]
fn get_type_follows_from_the_other_arguments() {
    let get = |arguments: Value| parse_call("getJumpQRCode", &arguments).unwrap();
    let appid = || "wx1".to_owned();
    for (arguments, call) in [
        (json!({}), GetJumpQRCode::OrdinaryLink),
        (Value::Null, GetJumpQRCode::OrdinaryLink),
        (
            json!({"appid": "wx1"}),
            GetJumpQRCode::Latest { appid: appid() },
        ),
        (
            json!({"appid": "wx1", "prefix_list": ["p"]}),
            GetJumpQRCode::ByPrefix {
                appid: appid(),
                prefix_list: vec!["p".to_owned()],
            },
        ),
        (
            json!({"appid": "wx1", "page_num": 1, "page_size": "20", "prefix_list": null}),
            GetJumpQRCode::ByPage {
                appid: appid(),
                page_num: 1,
                page_size: 20,
            },
        ),
    ] {
        assert_eq!(get(arguments.clone()), AnyCall::from(call), "{arguments}");
    }
}

#[test]
fn every_violation_of_the_form_is_reported() {
    for (interface, arguments, expected) in [
        (
            "getJumpQRCode",
            json!({"get_type": 3, "appid": "wx1"}),
            vec![("get_type", "out_of_range")],
        ),
        (
            "getJumpQRCode",
            json!({"get_type": -1}),
            vec![("get_type", "out_of_range")],
        ),
        (
            "getJumpQRCode",
            json!({"prefix_list": "p"}),
            vec![("appid", "missing_field"), ("prefix_list", "wrong_type")],
        ),
        (
            "getJumpQRCode",
            json!({"appid": "wx1", "page_num": -1}),
            vec![("page_num", "out_of_range"), ("page_size", "missing_field")],
        ),
        (
            "getJumpQRCode",
            json!({"appid": "wx1", "get_type": 0, "page_num": 1}),
            vec![("page_num", "unknown_field")],
        ),
        (
            "publishJumpQRCode",
            json!({"prefx": "p"}),
            vec![("prefx", "unknown_field"), ("prefix", "missing_field")],
        ),
        (
            "deleteJumpQRCode",
            json!({"prefix": 1, "appid": 2}),
            vec![("prefix", "wrong_type"), ("appid", "wrong_type")],
        ),
        (
            "linkMiniprogram",
            json!({"appid": "wx1", "notify_users": "yes"}),
            vec![("notify_users", "wrong_type")],
        ),
        (
            "downloadQRCodeText",
            json!({"a": 1}),
            vec![("a", "unknown_field")],
        ),
        ("wxamplinkget", json!([]), vec![("", "not_an_object")]),
    ] {
        let found = violations(interface, &arguments);
        let found: Vec<_> = found
            .iter()
            .map(|(field, code)| (field.as_str(), *code))
            .collect();
        assert_eq!(found, expected, "{interface} {arguments}");
        let error = parse_call(interface, &arguments).unwrap_err();
        assert_eq!(
            (error.code(), error.interface()),
            (OwnCode::InvalidRequest.into(), Some(interface))
        );
    }
}

#[test]
fn an_interface_that_does_not_exist_is_refused() {
    for name in ["stable_token", "addjumpqrcode", ""] {
        let error = parse_call(name, &json!({})).unwrap_err();
        assert!(error.message().contains("addJumpQRCode"), "{error}");
        assert!(check_call(name, &json!({})).is_err());
    }
}

#[test]
fn a_misspelt_argument_is_reported_with_the_nearest_one() {
    for (arguments, remedy) in [
        (json!({"prefx": "p"}), "did you mean `prefix`?"),
        (json!({"colour": 1}), "the arguments are prefix, appid"),
        (
            json!({"access_token": "T"}),
            "the token belongs to the client",
        ),
    ] {
        let report = check_call("deleteJumpQRCode", &arguments).unwrap();
        let message = &report.violations[0].message;
        assert!(message.contains(remedy), "{message}");
    }
    let report = check_call("wxamplinkget", &json!({"appid": "wx1"})).unwrap();
    let message = &report.violations[0].message;
    assert!(message.contains("there are no arguments"), "{message}");
}
