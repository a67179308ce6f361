//! Header injection: white space and line ends in settings and tokens are refused before anything
//! is sent.

use jumpqr::error::OwnCode;
use jumpqr::interface::GetJumpQRCode;
use jumpqr::settings::ProxySetting;
use jumpqr::{Client, ClientBuilder, Secret};

use crate::server::{After, OK, Server, write};

/// Endings that could end a line of a request, or a word of its first line.
const ENDINGS: [&str; 6] = ["\r\nX: y", "\n", " HTTP/1.1", "\t", "\0", "\u{2028}"];

fn check_refused(builder: ClientBuilder, setting: &str, ending: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(
        error.code(),
        OwnCode::InvalidConfig,
        "{setting} with {ending:?}"
    );
    assert!(error.message().contains(setting), "{error}");
    assert!(!format!("{error:?}").contains("P4SS"), "{error:?}");
}

#[test]
fn line_ends_and_white_space_in_a_setting_are_refused() {
    let app = |appid: String, secret: String| Client::builder().app(appid, secret);
    let fixed = || Client::builder().access_token("T");
    for ending in ENDINGS {
        let with = |text: &str| format!("{text}{ending}");
        let token = Client::builder().access_token(with("P4SS"));
        check_refused(token, "access_token", ending);
        check_refused(app(with("wx1"), "P4SS".to_owned()), "appid", ending);
        check_refused(app("wx1".to_owned(), with("P4SS")), "secret", ending);
        let base_url = fixed().base_url(with("http://127.0.0.1:1"));
        check_refused(base_url, "base_url", ending);
        let proxy = ProxySetting::Url(with("http://user:P4SS@127.0.0.1:1").into());
        check_refused(fixed().proxy(proxy), "proxy", ending);
    }
}

#[test]
fn line_ends_and_white_space_in_a_token_of_a_function_are_refused() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    for ending in ENDINGS {
        let client = Client::builder()
            .token_function(move |_| Ok(Secret::new(format!("P4SS{ending}"))))
            .base_url(server.base_url())
            .build()
            .unwrap();
        let error = client
            .get_jump_qr_code(GetJumpQRCode::OrdinaryLink)
            .unwrap_err();
        assert_eq!(error.code(), OwnCode::TokenSourceFailed, "{ending:?}");
        assert!(!format!("{error:?}").contains("P4SS"), "{error:?}");
    }
    assert!(server.received().is_empty());
}
