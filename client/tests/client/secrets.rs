//! No printed text shows a token or a secret, whatever happens to a call.

use std::error::Error as _;
use std::fmt::Write;
use std::sync::Arc;

use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::response::Response;
use jumpqr::settings::ProxySetting;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Edit, ErrCode, Error, Secret};

use crate::fake::{STABLE_TOKEN, app, rule};
use crate::server::{After, Server};

const TOKEN: &str = "78_SeCrEtToKeN";
const APPSECRET: &str = "APPSECRET";

/// Returns all texts of an error, with those of its causes.
fn all_texts(error: &Error) -> String {
    let mut text = format!(
        "{error} {error:?} {} {} {:?} {:?} {:?}",
        error.message(),
        error.advice(),
        error.errmsg(),
        error.rid(),
        error.violations(),
    );
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    text
}

fn assert_clean(what: &str, text: &str) {
    for secret in [TOKEN, APPSECRET, "78_SeCrEt"] {
        assert!(!text.contains(secret), "{what} shows a secret: {text}");
    }
}

/// Returns what may happen to a request: responses that repeat its secrets, and failures.
fn misfortunes() -> Vec<Result<Response, SendFailure>> {
    let status = |status, body: String| {
        Ok(Response {
            status,
            body: body.into(),
        })
    };
    let mut all: Vec<_> = ErrCode::all()
        .iter()
        .map(|code| code.number)
        .chain([12345])
        .map(|number| {
            Ok(Response::ok(format!(
                r#"{{"errcode":{number},
                "errmsg":"token {TOKEN} secret {APPSECRET} rid: 5f87eb8a-6ee66b1b-75f60c88"}}"#
            )))
        })
        .collect();
    all.extend([
        status(502, format!("<html>{TOKEN}{APPSECRET}</html>")),
        status(404, format!("/cgi-bin?access_token={TOKEN}")),
        status(200, format!("{TOKEN} {APPSECRET}")),
        status(200, format!(r#"["{TOKEN}{APPSECRET}"]"#)),
        status(200, format!(r#"{{"errcode":"{TOKEN}{APPSECRET}"}}"#)),
        status(200, format!(r#"{{"{TOKEN}{APPSECRET}":"{TOKEN}"}}"#)),
        status(200, String::new()),
    ]);
    for &cause in FailureCause::ALL {
        let detail = format!("?access_token={TOKEN}&secret={APPSECRET}");
        all.push(Err(SendFailure::before_sending(cause, &*detail)));
        all.push(Err(SendFailure::after_sending(cause, &*detail)));
    }
    all
}

#[test]
fn no_business_call_shows_the_token() {
    for misfortune in misfortunes() {
        let transport = Arc::new(MemoryTransport::new({
            let misfortune = misfortune.clone();
            move |request| match request.content.path() {
                STABLE_TOKEN => Ok(Response::ok(format!(
                    r#"{{"access_token":"{TOKEN}","expires_in":7200}}"#
                ))),
                _ => misfortune.clone(),
            }
        }));
        let client = app(&transport).max_retries(1).build().unwrap();
        let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
        let text = all_texts(&error).replace(APPSECRET, "");
        assert_clean("add", &text);
        let error = client.download_qr_code_text().unwrap_err();
        assert_clean("download", &all_texts(&error).replace(APPSECRET, ""));
    }
}

#[test]
fn no_token_call_shows_the_appsecret() {
    for misfortune in misfortunes() {
        let transport = Arc::new(MemoryTransport::new({
            let misfortune = misfortune.clone();
            move |_| misfortune.clone()
        }));
        let client = app(&transport).max_retries(1).build().unwrap();
        let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
        let text = all_texts(&error).replace(TOKEN, "");
        assert_clean("stable_token", &text);
    }
}

#[test]
fn the_http_transport_shows_no_secret() {
    let server = Server::start(|_, _, _| After::Close);
    let settings = || {
        Client::builder()
            .app("wx1234567890abcdef", APPSECRET)
            .max_retries(0)
    };
    for client in [
        settings().base_url(server.base_url()),
        settings().base_url("http://127.0.0.1:1"),
        settings().base_url("https://127.0.0.1:1"),
        settings().base_url("https://host.invalid"),
        settings().base_url("https://exa mple"),
        settings()
            .base_url("https://host.invalid")
            .proxy(ProxySetting::Url(Secret::new(format!(
                "http://u:{APPSECRET}@127.0.0.1:1"
            )))),
    ] {
        let error = match client.build() {
            Ok(client) => client.add_jump_qr_code(rule(), Edit::Add).unwrap_err(),
            Err(error) => error,
        };
        assert_clean("http", &all_texts(&error));
    }
}

#[test]
fn no_debug_output_shows_a_secret() {
    let transport = Arc::new(MemoryTransport::new(|request| {
        assert_clean("HttpRequest", &format!("{request:?} {:?}", request.url()));
        let body = format!(r#"{{"access_token":"{TOKEN}","expires_in":7200,"errcode":0}}"#);
        let reply = Response::ok(body);
        assert_clean("Response", &format!("{reply:?}"));
        Ok(reply)
    }));
    let builder = app(&transport);
    assert_clean("ClientBuilder", &format!("{builder:?}"));
    let client = builder.build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_clean("Client", &format!("{client:?} {:?}", client.rules()));
    assert_clean(
        "MemoryTransport",
        &format!("{transport:?} {:?}", transport.sent()),
    );
}

#[test]
fn a_token_of_one_letter_is_not_replaced_in_our_own_texts() {
    for letter in ["a", "e", "x"] {
        for base_url in ["http://127.0.0.1:1", "https://host-exa.invalid"] {
            let client = Client::builder()
                .access_token(letter)
                .base_url(base_url)
                .max_retries(0)
                .build()
                .unwrap();
            let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
            assert!(!all_texts(&error).contains("***"), "{letter}: {error:?}");
        }
    }
}

#[test]
fn a_token_of_one_letter_is_replaced_in_errmsg_where_a_token_stands() {
    let transport = Arc::new(MemoryTransport::new(|_| {
        let errmsg = r#"an invalid token: access_token=x&a=x, \"x\""#;
        Ok(Response::ok(format!(
            r#"{{"errcode":40066,"errmsg":"{errmsg}"}}"#
        )))
    }));
    let client = Client::builder()
        .access_token("x")
        .transport(transport)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        error.errmsg(),
        Some(r#"an invalid token: access_token=***&a=***, "***""#)
    );
}
