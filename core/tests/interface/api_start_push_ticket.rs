use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{ApiStartPushTicket, Interface, TicketPushes};
use jumpqr_core::{ErrorKind, Secret};

use super::{parts, run};

fn call() -> ApiStartPushTicket {
    ApiStartPushTicket {
        component_appid: "wxcccccccccccccccc".to_owned(),
        component_secret: Secret::new("APPSECRET"),
    }
}

#[test]
fn the_secret_has_the_name_of_this_interface_and_there_is_no_token() {
    let request = call().request().unwrap();
    assert!(!request.needs_token);
    assert_eq!(
        parts(&request),
        (
            "https://api.weixin.qq.com/cgi-bin/component/api_start_push_ticket".to_owned(),
            r#"{"component_appid":"wxcccccccccccccccc","component_secret":"APPSECRET"}"#
        )
    );
}

#[test]
fn the_text_tells_whether_the_pushes_were_stopped() {
    for (body, pushes) in [
        (r#"{"errcode":0,"errmsg":"ok"}"#, TicketPushes::Restarted),
        (r#"{"errcode":0}"#, TicketPushes::Restarted),
        (
            r#"{"errcode":0,"errmsg":"in a normal state rid: 1-2-3"}"#,
            TicketPushes::WereRunning,
        ),
    ] {
        assert_eq!(run(call(), &[Ok(body)]).0.unwrap(), pushes, "{body}");
    }
    let error = run(call(), &[Ok("{}")]).0.unwrap_err();
    assert_eq!(error.code(), OwnCode::UnexpectedResponse);
}

#[test]
fn an_error_does_not_show_the_secret() {
    let body = r#"{"errcode":40013,"errmsg":"invalid appid or APPSECRET"}"#;
    let (result, tokens) = run(call(), &[Ok(body)]);
    let error = result.unwrap_err();
    assert_eq!((error.kind(), tokens), (ErrorKind::Credentials, 0));
    let shown = format!("{error} {error:?} {:?}", call());
    assert!(!shown.contains("APPSECRET"), "{shown}");
}
