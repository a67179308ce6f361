//! What the log shows of a call. No line shows a sent secret, at any level. The HTTP library shows
//! the bytes of unusual responses in lines of the target `ureq_proto` at the level `trace`, which
//! is documented.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::{Arc, Mutex, Once};

use jumpqr::Client;
use jumpqr::response::Response;
use jumpqr::settings::TokenInterface;
use jumpqr::transport::MemoryTransport;
use log::{Level, LevelFilter, Log, Metadata, Record};

static LOGGER: Keeper = Keeper {
    lines: Mutex::new(String::new()),
    bytes: Mutex::new(String::new()),
};

/// Keeps all log lines.
struct Keeper {
    lines: Mutex<String>,
    /// The bytes in the dumps of the HTTP library.
    bytes: Mutex<String>,
}

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = record.args().to_string();
        if record.level() == Level::Trace && record.target() == "ureq_proto::util" {
            // The last column of a dump has up to 16 characters.
            let shown = text.split_at(text.len() - 16).1;
            self.bytes.lock().unwrap().push_str(shown);
            return;
        }
        let line = format!("{}: {text}\n", record.target());
        self.lines.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&LOGGER).unwrap();
        log::set_max_level(LevelFilter::Trace);
    });
}

#[test]
fn each_retry_is_logged_with_its_reason() {
    listen();
    let answers = Mutex::new(vec![
        r#"{"errcode":0,"file_name":"a.txt","file_content":"b"}"#,
        r#"{"errcode":-1,"errmsg":"system error 78_SeCrEtToKeN"}"#,
        r#"{"errcode":44990}"#,
    ]);
    let transport =
        MemoryTransport::new(move |_| Ok(Response::ok(answers.lock().unwrap().pop().unwrap())));
    let client = Client::builder()
        .access_token("78_SeCrEtToKeN")
        .transport(Arc::new(transport))
        .build()
        .unwrap();
    client.download_qr_code_text().unwrap();
    let lines = LOGGER.lines.lock().unwrap().clone();
    for text in [
        "jumpqr: downloadQRCodeText: retry 1 in ",
        "because of second_rate_limit (44990)",
        "jumpqr: downloadQRCodeText: retry 2 in ",
        "because of system_error (-1)",
        "jumpqr: downloadQRCodeText: done after ",
        ": 2 retries\n",
    ] {
        assert!(lines.contains(text), "{text}: {lines}");
    }
}

#[test]
fn no_line_shows_a_secret() {
    listen();
    // Usual responses come first: of them, not a byte is shown.
    for (header, is_usual) in [("", true), ("Connection: close\r\n", false)] {
        let base_url = serve(header);
        for interface in [TokenInterface::StableToken, TokenInterface::Token] {
            let client = Client::builder()
                .app("wx1234567890abcdef", "ApPsEcReT")
                .token_interface(interface)
                .base_url(&base_url)
                .build()
                .unwrap();
            client.download_qr_code_text().unwrap_err();
        }
        let bytes = LOGGER.bytes.lock().unwrap();
        assert_eq!(bytes.contains("errmsg"), !is_usual, "{bytes}");
        for sent in ["ApPsEcReT", "access_token=", "secret="] {
            assert!(!bytes.contains(sent), "{sent}: {bytes}");
        }
        assert_eq!(bytes.contains("SeCrEt"), !is_usual, "{bytes}");
    }
    let lines = LOGGER.lines.lock().unwrap();
    for line in lines.lines() {
        assert!(
            !line.contains("SeCrEt") && !line.contains("ApPsEcReT"),
            "{line}"
        );
    }
}

/// Starts a server whose responses have this header, and returns its URL.
fn serve(header: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let body = if line.contains("/token") || line.contains("/stable_token") {
                r#"{"access_token":"78_SeCrEtToKeN","expires_in":7200}"#
            } else {
                r#"{"errcode":40001,"errmsg":"invalid credential 78_SeCrEtToKeN"}"#
            };
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\n{header}Content-Length: {length}\r\n\r\n{body}"
            )
            .unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            // Reads until the client closes, so that the response is not lost by a reset.
            let mut rest = Vec::new();
            let _ = reader.read_to_end(&mut rest);
        }
    });
    base_url
}
