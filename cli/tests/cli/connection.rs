//! Proxies, certificates and the IP version, from the environment and the options.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

use crate::support::{Jumpqr, Run, jumpqr};

/// A server that keeps the first bytes of each connection, and closes it.
struct Listener {
    address: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Listener {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let log = Arc::clone(&seen);
        // The thread ends with the test process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream: TcpStream = stream.unwrap();
                let mut first = Vec::new();
                let mut piece = [0; 1024];
                // Reads the head of an HTTP request, or the first three bytes of SOCKS.
                while !first.windows(4).any(|end| end == b"\r\n\r\n")
                    && !first.starts_with(b"\x05\x01\x00")
                {
                    match stream.read(&mut piece) {
                        Ok(length @ 1..) => first.extend(&piece[..length]),
                        _ => break,
                    }
                }
                log.lock().unwrap().push(first);
                // Fails if the client has closed the connection.
                let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            }
        });
        Self { address, seen }
    }

    /// Returns whether all connections since the last call began with these bytes, and there was
    /// one.
    fn saw(&self, beginning: &[u8]) -> bool {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        !seen.is_empty() && seen.iter().all(|first| first.starts_with(beginning))
    }

    fn saw_nothing(&self) -> bool {
        self.seen.lock().unwrap().is_empty()
    }
}

fn get(base_url: &str) -> Jumpqr {
    jumpqr([
        "download",
        "--base-url",
        base_url,
        "--timeout",
        "1",
        "--json",
    ])
    .args(["--allow-http"])
    .env("JUMPQR_ACCESS_TOKEN", "T")
}

fn message(run: &Run) -> String {
    let printed = run.json();
    printed["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn the_first_usable_proxy_of_the_environment_is_used() {
    let (proxy, other) = (Listener::start(), Listener::start());
    let http = format!("http://{}", proxy.address);
    let socks = format!("socks5h://{}", proxy.address);
    let elsewhere = format!("http://{}", other.address);
    for (base_url, variables, beginning) in [
        (
            "https://wechat.invalid",
            &[("ALL_PROXY", &elsewhere), ("HTTPS_PROXY", &http)],
            &b"CONNECT wechat.invalid:443 "[..],
        ),
        (
            "http://wechat.invalid",
            &[("HTTPS_PROXY", &elsewhere), ("HTTP_PROXY", &http)],
            b"CONNECT wechat.invalid:80 ",
        ),
        (
            "https://wechat.invalid",
            &[("HTTP_PROXY", &elsewhere), ("ALL_PROXY", &socks)],
            b"\x05\x01\x00",
        ),
        (
            "https://wechat.invalid",
            &[
                ("HTTPS_PROXY", &"ftp://user:P4SS@h".to_owned()),
                ("ALL_PROXY", &http),
            ],
            b"CONNECT wechat.invalid:443 ",
        ),
    ] {
        let mut command = get(base_url);
        for (name, value) in variables {
            command = command.env(name, value);
        }
        let run = command.expect(5);
        assert!(proxy.saw(beginning), "{variables:?}: {run:#?}");
        assert!(other.saw_nothing(), "{variables:?}");
        // A variable that was ignored may be the reason for the error.
        let ignored = "the proxy in HTTPS_PROXY cannot be used: its scheme";
        let is_named = message(&run).contains(ignored);
        assert_eq!(is_named, variables[0].1.starts_with("ftp"), "{run:#?}");
        assert!(!format!("{run:?}").contains("P4SS"), "{run:#?}");
    }
}

#[test]
fn without_a_usable_proxy_nothing_is_sent() {
    let host = Listener::start();
    let run = get("https://wechat.invalid")
        .env("HTTPS_PROXY", format!("https://user:P4SS@{}", host.address))
        .env("ALL_PROXY", "socks4://user:P4SS@h")
        .expect(3);
    let message = message(&run);
    assert!(message.contains("HTTPS_PROXY cannot be used"), "{message}");
    assert!(message.contains("ALL_PROXY cannot be used"), "{message}");
    assert!(!format!("{run:?}").contains("P4SS"), "{run:#?}");
    assert!(host.saw_nothing());
    // This machine and the hosts in NO_PROXY are called without a proxy.
    get(&format!("http://{}", host.address))
        .env("ALL_PROXY", "socks4://h")
        .expect(5);
    assert!(host.saw(b"POST /"));
    get("https://wechat.invalid")
        .env("ALL_PROXY", "socks4://h")
        .env("NO_PROXY", "localhost, .wechat.invalid")
        .expect(5);
}

#[test]
fn in_a_cgi_script_http_proxy_is_ignored() {
    let proxy = Listener::start();
    get("http://wechat.invalid")
        .env("HTTP_PROXY", format!("http://{}", proxy.address))
        .env("REQUEST_METHOD", "GET")
        .expect(5);
    assert!(proxy.saw_nothing());
}

#[test]
fn an_error_about_certificates_names_the_option_or_the_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let none = folder.path().join("none.pem");
    for (option, variable, exit, text) in [
        (
            Some(&file),
            None,
            3,
            "--extra-tls-roots: has no certificate",
        ),
        (None, Some(&file), 3, "SSL_CERT_FILE: has no certificate"),
        (Some(&none), Some(&file), 2, "none.pem cannot be read"),
        (None, Some(&none), 2, "none.pem cannot be read"),
    ] {
        let mut command = get("https://127.0.0.1:1");
        if let Some(file) = option {
            command = command.args(["--extra-tls-roots".as_ref(), file.as_os_str()]);
        }
        if let Some(file) = variable {
            command = command.env("SSL_CERT_FILE", file);
        }
        let run = command.expect(exit);
        assert!(message(&run).contains(text), "{run:#?}");
    }
}

#[test]
fn an_operating_system_without_certificates_is_an_error() {
    let folder = TempDir::new().unwrap();
    let run = get("https://127.0.0.1:1")
        .args(["--tls-roots", "os"])
        .env("SSL_CERT_DIR", folder.path())
        .expect(3);
    assert!(message(&run).contains("--tls-roots: "), "{run:#?}");
    get("https://127.0.0.1:1")
        .args(["--tls-roots", "all"])
        .expect(2);
}

#[test]
fn only_the_chosen_ip_version_is_used() {
    let host = Listener::start();
    let base_url = format!("http://{}", host.address);
    let run = get(&base_url).args(["--ip-version", "ipv6"]).expect(5);
    assert!(message(&run).contains("to an IPv6 address"), "{run:#?}");
    assert!(host.saw_nothing());
    get(&base_url).args(["--ip-version", "ipv4"]).expect(5);
    assert!(host.saw(b"POST /"));
    get(&base_url).args(["--ip-version", "5"]).expect(2);
}
