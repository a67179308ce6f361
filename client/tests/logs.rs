//! What the HTTP library logs holds neither the token nor the appsecret, up to the level `debug`. At `trace` it prints
//! every byte on the wire, which is documented.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;

use jumpqr::Client;
use jumpqr::token::TokenInterface;
use log::{LevelFilter, Log, Metadata, Record};

static LOGGER: Keeper = Keeper(Mutex::new(String::new()));

/// Keeps everything that is logged.
struct Keeper(Mutex<String>);

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{}: {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

#[test]
fn no_log_shows_a_secret() {
    log::set_logger(&LOGGER).unwrap();
    log::set_max_level(LevelFilter::Debug);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let body = if line.contains("/token") {
                r#"{"access_token":"78_SeCrEtToKeN","expires_in":7200}"#
            } else {
                r#"{"errcode":40001,"errmsg":"invalid credential 78_SeCrEtToKeN"}"#
            };
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .unwrap();
            // Until the client closes, so that the answer is not reset.
            let mut rest = Vec::new();
            drop(reader.read_to_end(&mut rest));
        }
    });
    for interface in [TokenInterface::StableToken, TokenInterface::Token] {
        let client = Client::builder()
            .app("wx1234567890abcdef", "ApPsEcReT")
            .token_interface(interface)
            .base_url(&base_url)
            .build()
            .unwrap();
        client.download_qr_code_text().unwrap_err();
    }

    let logged = LOGGER.0.lock().unwrap();
    for line in logged.lines() {
        assert!(
            !line.contains("SeCrEt") && !line.contains("ApPsEcReT"),
            "{line}"
        );
    }
    assert!(!logged.is_empty(), "nothing is logged, so nothing is shown");
}
