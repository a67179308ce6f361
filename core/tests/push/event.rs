use jumpqr_core::Result;
use jumpqr_core::error::OwnCode;
use jumpqr_core::push::Event;

use crate::{config, push, receiver};

fn receive(text: &str) -> Result<Event> {
    let request = push(&config(), text);
    let push = receiver().receive(&request.query, request.body.as_bytes())?;
    Ok(push.event)
}

/// Makes the text of an event.
fn text(info_type: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields
        .iter()
        .map(|(name, text)| format!("<{name}><![CDATA[{text}]]></{name}>"));
    let fields = fields.collect::<Vec<_>>().concat();
    format!("<xml><AppId>wx0000jumpqrtest1a</AppId><InfoType>{info_type}</InfoType>{fields}</xml>")
}

const AUTHORIZED: [(&str, &str); 5] = [
    ("CreateTime", "1751328060"),
    ("AuthorizerAppid", "wx0000jumpqrmerch1"),
    ("AuthorizationCode", "queryauthcode@@@S3CRET"),
    ("AuthorizationCodeExpiredTime", "1751331660"),
    ("PreAuthCode", "preauthcode@@@S3CRET"),
];

#[test]
fn an_authorisation_has_all_its_fields() {
    for (info_type, is_update) in [("authorized", false), ("updateauthorized", true)] {
        let event = receive(&text(info_type, &AUTHORIZED)).unwrap();
        assert_eq!(event.info_type(), Some(info_type));
        let shown = format!("{event:?}");
        assert!(!shown.contains("S3CRET"), "{shown}");
        let authorization = match event {
            Event::Authorized(event) if !is_update => event,
            Event::UpdateAuthorized(event) if is_update => event,
            other => panic!("{other:?}"),
        };
        assert_eq!(authorization.create_time, 1_751_328_060);
        assert_eq!(authorization.authorizer_appid, "wx0000jumpqrmerch1");
        assert_eq!(
            authorization.authorization_code.expose(),
            "queryauthcode@@@S3CRET"
        );
        assert_eq!(
            authorization.authorization_code_expired_time,
            Some(1_751_331_660)
        );
        let pre_auth_code = authorization.pre_auth_code.unwrap();
        assert_eq!(pre_auth_code.expose(), "preauthcode@@@S3CRET");
    }
}

fn expired_time(value: &str) -> Option<u64> {
    let mut fields = AUTHORIZED;
    fields[3].1 = value;
    match receive(&text("authorized", &fields)).unwrap() {
        Event::Authorized(event) => event.authorization_code_expired_time,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_expiry_in_seconds_counts_from_the_event() {
    assert_eq!(expired_time("1751331660"), Some(1_751_331_660));
    assert_eq!(expired_time("3600"), Some(1_751_331_660));
    assert_eq!(expired_time("soon"), None);
}

#[test]
fn an_event_without_a_field_that_it_needs_names_the_field() {
    for (info_type, needed) in [
        (
            "component_verify_ticket",
            &["ComponentVerifyTicket", "CreateTime"][..],
        ),
        (
            "authorized",
            &["AuthorizerAppid", "AuthorizationCode", "CreateTime"],
        ),
        (
            "updateauthorized",
            &["AuthorizerAppid", "AuthorizationCode", "CreateTime"],
        ),
        ("unauthorized", &["AuthorizerAppid", "CreateTime"]),
    ] {
        let all = [&AUTHORIZED[..], &[("ComponentVerifyTicket", "S3CRET")]].concat();
        assert!(receive(&text(info_type, &all)).is_ok());
        for missing in needed {
            let without: Vec<_> = all
                .iter()
                .copied()
                .filter(|(name, _)| name != missing)
                .collect();
            let doubled = [&all[..], &[(*missing, "1")]].concat();
            let empty = [&without[..], &[(*missing, " ")]].concat();
            for fields in [without, doubled, empty] {
                let error = receive(&text(info_type, &fields)).unwrap_err();
                assert_eq!(error.code(), OwnCode::UnexpectedPush);
                assert!(error.message().contains(missing), "{error}");
                assert!(!format!("{error:?}").contains("S3CRET"), "{error:?}");
            }
        }
    }
}

#[test]
fn a_merchant_is_named_by_an_appid() {
    for appid in ["../../etc/passwd", "wx 1", "refreshtoken@@@1"] {
        let fields = [("CreateTime", "1"), ("AuthorizerAppid", appid)];
        let error = receive(&text("unauthorized", &fields)).unwrap_err();
        assert_eq!(error.code(), OwnCode::UnexpectedPush);
    }
}

#[test]
fn anything_else_is_passed_on_as_it_is() {
    let doubled = "<xml><InfoType>authorized</InfoType><InfoType>authorized</InfoType></xml>";
    for (text, info_type) in [
        (
            text("notify_icpfiling_verify_result", &[]),
            Some("notify_icpfiling_verify_result"),
        ),
        (text("AUTHORIZED", &AUTHORIZED), Some("AUTHORIZED")),
        (doubled.to_owned(), None),
        (
            "<xml><info><InfoType>authorized</InfoType></info></xml>".to_owned(),
            None,
        ),
        (
            "<!DOCTYPE xml><xml><InfoType>authorized</InfoType></xml>".to_owned(),
            None,
        ),
        ("{\"InfoType\": \"authorized\"}".to_owned(), None),
        (String::new(), None),
    ] {
        match receive(&text).unwrap() {
            Event::Raw(event) => {
                assert_eq!(event.info_type(), info_type);
                assert_eq!(event.text().expose(), text);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The text of a message may come from anybody.
#[test]
fn a_message_to_a_merchant_is_never_an_event_for_the_platform() {
    let fields = [
        ("CreateTime", "1"),
        ("ComponentVerifyTicket", "x"),
        ("ToUserName", "gh_1"),
    ];
    let event = receive(&text("component_verify_ticket", &fields)).unwrap();
    assert!(matches!(event, Event::Raw(_)), "{event:?}");
    assert_eq!(event.info_type(), None);
    let shown = format!("{event:?}");
    assert!(!shown.contains("gh_1"), "{shown}");
}
