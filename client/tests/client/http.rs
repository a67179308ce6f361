//! The blocking transport over real sockets.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::interface::Confirmation;
use jumpqr::transport::{ProxySetting, TlsRoots};
use jumpqr::{Client, ClientBuilder, Edit, ErrorKind, Outcome};

use crate::fake::{listed, rule};
use crate::server::{After, OK, Server, write};

fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .access_token("T+K&N/é=#")
        .base_url(server.base_url())
        .pacing(false)
}

#[test]
fn a_request_goes_out_as_it_should() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&server).build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let received = &server.received()[0];
    let head = received.head.to_ascii_lowercase();
    assert!(
        received.head.starts_with(
            "POST /cgi-bin/wxopen/qrcodejumpadd?access_token=T%2BK%26N%2F%C3%A9%3D%23 HTTP/1.1\r\n"
        ),
        "{head}"
    );
    assert!(head.contains("user-agent: jumpqr/"), "{head}");
    assert!(
        head.contains("content-type: application/json; charset=utf-8\r\n"),
        "{head}"
    );
    assert!(!head.contains("accept-encoding"), "{head}");
    assert!(!head.contains("\r\nx: y"), "{head}");
    assert_eq!(
        received.body,
        r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"path":"pages/index/index","open_version":1,"is_edit":0}"#
    );
}

#[test]
fn connections_are_kept() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&server).build().unwrap();
    for _ in 0..20 {
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_kept_connection_that_the_server_has_closed_fails_no_call() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Close
    });
    let client = builder(&server).max_retries(0).build().unwrap();
    for number in 1..=20 {
        let answer = client.add_jump_qr_code(rule(), Edit::Add).unwrap();
        assert_eq!(answer, Confirmation::Answered);
        server.wait_until_closed(number);
    }
    assert_eq!(server.connections(), 20);
}

#[test]
fn a_chunked_answer_is_read() {
    let server = Server::start(|_, _, stream| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        write!(
            stream,
            "{head}5\r\n{{\"err\r\na\r\ncode\":0}}  \r\n0\r\n\r\n"
        )
        .unwrap();
        After::Keep
    });
    let client = builder(&server).build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
}

#[test]
fn a_redirect_is_not_followed() {
    let server = Server::start(|_, _, stream| {
        let head = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        After::Keep
    });
    let client = builder(&server).build().unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::HttpStatus);
    assert!(error.message().contains("302"), "{error}");
    assert_eq!(
        (error.is_retryable(), error.outcome()),
        (false, Outcome::NotApplied)
    );
    assert_eq!(server.received().len(), 1);
}

#[test]
fn an_error_status_is_told_and_may_pass() {
    let server = Server::start(|_, _, stream| {
        write(stream, "502 Bad Gateway", "<html>no upstream</html>");
        After::Keep
    });
    let client = builder(&server).max_retries(1).build().unwrap();
    let error = client.download_qr_code_text().unwrap_err();
    assert_eq!(error.code(), OwnCode::HttpStatus);
    assert!(error.message().contains("502"), "{error}");
    assert!(error.is_retryable());
    assert_eq!(server.received().len(), 2);
}

#[test]
fn an_answer_beyond_the_limit_is_refused_and_the_rule_read_back() {
    let server = Server::start(|_, request, stream| {
        if request.head.contains("qrcodejumpget") {
            let listed = String::from_utf8(listed().body).unwrap();
            write(stream, "200 OK", &listed);
            return After::Keep;
        }
        write(stream, "200 OK", &format!("{OK}{}", " ".repeat(1000)));
        After::Close
    });
    let client = builder(&server).body_limit(900).build().unwrap();
    let answer = client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(answer, Confirmation::ReadBack);
    assert_eq!(server.received().len(), 2);

    let client = client.with_validate(false);
    let error = client.download_qr_code_text().unwrap_err();
    assert_eq!(
        (error.code(), error.kind()),
        (OwnCode::BodyTooLarge.into(), ErrorKind::Protocol)
    );
}

#[test]
fn a_connection_lost_after_sending_is_read_back_and_the_call_repeated() {
    let server = Server::start(|number, request, stream| match number {
        0 => After::Close,
        _ if request.head.contains("qrcodejumpget") => {
            write(stream, "200 OK", r#"{"errcode":0,"rule_list":[]}"#);
            After::Keep
        }
        _ => {
            write(stream, "200 OK", OK);
            After::Keep
        }
    });
    let client = builder(&server).build().unwrap();
    let answer = client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(answer, Confirmation::Answered);
    let paths: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.head.contains("qrcodejumpget"))
        .collect();
    assert_eq!(paths, [false, true, false]);
}

#[test]
fn a_truncated_body_is_no_answer() {
    let server = Server::start(|_, _, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{OK}").unwrap();
        After::Close
    });
    let client = builder(&server).max_retries(0).build().unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::ConnectionLost.into(), Outcome::Unknown)
    );
}

#[test]
fn a_server_that_says_nothing_is_cancelled() {
    // Accepts connections, in its backlog, and never reads.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Client::builder()
        .access_token("T")
        .base_url(format!("http://{}", silent.local_addr().unwrap()))
        .read_timeout(Duration::from_millis(300))
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Timeout, Outcome::Unknown)
    );
}

#[test]
fn a_server_that_dribbles_is_given_up_at_the_deadline() {
    let server = Server::start(|_, _, stream| {
        let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        while stream.write_all(piece).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
            piece = b" ";
        }
        After::Close
    });
    let client = builder(&server)
        .timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let error = client.download_qr_code_text().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_never_sees_the_token() {
    let proxy = Server::start(|_, _, stream| {
        stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        After::Close
    });
    let client = builder(&proxy)
        .base_url("https://api.weixin.qq.com")
        .proxy(ProxySetting::Url(proxy.base_url().into()))
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::ProxyFailed.into(), Outcome::NotApplied)
    );
    let received = proxy.received();
    assert_eq!(received.len(), 1);
    assert!(
        received[0]
            .head
            .starts_with("CONNECT api.weixin.qq.com:443 "),
        "{received:?}"
    );
    assert!(!received[0].head.contains("access_token"), "{received:?}");
}

#[test]
fn a_tunnel_is_kept_until_its_end() {
    let proxy = Server::start(|number, request, stream| {
        if request.head.starts_with("CONNECT ") {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            return After::Keep;
        }
        write(stream, "200 OK", OK);
        if number == 3 {
            After::Close
        } else {
            After::Keep
        }
    });
    let client = builder(&proxy)
        .base_url("http://wechat.invalid")
        .allow_http(true)
        .proxy(ProxySetting::Url(proxy.base_url().into()))
        .max_retries(0)
        .build()
        .unwrap();
    for number in 0..5 {
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
        if number == 2 {
            proxy.wait_until_closed(1);
        }
    }
    let received = proxy.received();
    let tunnels = received
        .iter()
        .map(|request| request.head.starts_with("CONNECT wechat.invalid:80 "));
    let tunnels: Vec<_> = tunnels.collect();
    assert_eq!(tunnels, [true, false, false, false, true, false, false]);
}

#[test]
fn a_proxy_that_is_not_there_is_what_is_named() {
    for proxy in [
        "http://user:P455W0RD@127.0.0.1:1",
        "http://user:P455W0RD@proxy.invalid:3128",
    ] {
        let client = Client::builder()
            .access_token("T")
            .proxy(ProxySetting::Url(proxy.into()))
            .max_retries(0)
            .build()
            .unwrap();
        let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
        assert_eq!(
            (error.code(), error.outcome()),
            (OwnCode::ProxyFailed.into(), Outcome::NotApplied)
        );
        assert!(error.message().contains("proxy"), "{error}");
        assert!(!format!("{error:?}").contains("P455W0RD"));
    }
}

#[test]
fn this_machine_is_never_called_through_a_proxy() {
    let proxy = Server::start(|_, _, _| After::Close);
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&server)
        .proxy(ProxySetting::Url(proxy.base_url().into()))
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert!(proxy.received().is_empty());
}

#[test]
fn another_host_is_tried_when_nothing_was_sent() {
    // A port that was free a moment ago may be another test's by now; on this one nobody listens.
    let refusing = "http://127.0.0.1:1";
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&server)
        .base_url(refusing)
        .alternate_base_urls([server.base_url()])
        .max_retries(0)
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(server.received().len(), 1);

    let alone = builder(&server)
        .base_url(refusing)
        .max_retries(0)
        .build()
        .unwrap();
    let error = alone.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::ConnectFailed.into(), Outcome::NotApplied)
    );
}

#[test]
fn another_host_is_not_tried_when_something_was_sent() {
    let losing = Server::start(|_, _, _| After::Close);
    let other = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&losing)
        .alternate_base_urls([other.base_url()])
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(other.received().is_empty());
}

#[test]
fn tls_that_fails_is_told_and_not_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let mut received = Vec::new();
        // The client closes without ceremony.
        drop(stream.read_to_end(&mut received));
        String::from_utf8_lossy(&received).into_owned()
    });
    let client = Client::builder()
        .access_token("TOKEN-OF-THE-TEST")
        .base_url(base_url)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::TlsFailed.into(), Outcome::NotApplied)
    );
    let received = server.join().unwrap();
    assert!(!received.contains("TOKEN-OF-THE-TEST"));
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let fixed = || Client::builder().access_token("T");
    let pem = |text: &str| TlsRoots::Pem(text.as_bytes().to_vec());
    let names = ["api.weixin.qq.com".to_owned()];
    let authority = rcgen::generate_simple_self_signed(names)
        .unwrap()
        .cert
        .pem();
    let no_certificate = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
    fixed()
        .tls_roots(pem(&authority.repeat(2)))
        .build()
        .unwrap();
    for (builder, name) in [
        (fixed().base_url("http://api.weixin.qq.com"), "base_url"),
        (
            fixed().alternate_base_urls(["nowhere"]),
            "alternate_base_urls:",
        ),
        (fixed().timeout(Duration::ZERO), "timeout"),
        (fixed().timeout(Duration::MAX), "timeout"),
        (fixed().read_timeout(Duration::ZERO), "read_timeout"),
        (fixed().max_retries(101), "max_retries"),
        (Client::builder().app("", "s"), "appid"),
        (Client::builder().app("wx1", " "), "secret"),
        (Client::builder().app("wx1 ", "s"), "appid"),
        (Client::builder().app("wx1", "s\n"), "secret"),
        (Client::builder().access_token(""), "access_token"),
        (Client::builder().access_token("a\r\nX: b"), "access_token"),
        (fixed().body_limit(0), "body_limit"),
        (fixed().proxy(ProxySetting::Url("::".into())), "proxy"),
        (
            fixed().proxy(ProxySetting::Url("socks4://127.0.0.1:1080".into())),
            "proxy: SOCKS 4",
        ),
        (
            fixed().proxy(ProxySetting::Url("http://u:p@h:99999".into())),
            "proxy",
        ),
        (
            fixed().proxy(ProxySetting::Url("http://user:hunter2".into())),
            "proxy",
        ),
        (fixed().tls_roots(pem("none")), "tls_roots: there is no"),
        (
            fixed().extra_tls_roots("none"),
            "extra_tls_roots: there is no",
        ),
        (
            fixed().tls_roots(pem(&authority.replacen("\nM", "\n!", 1))),
            "tls_roots: of 1 certificates, these cannot be read: number 1 (",
        ),
        (
            fixed().extra_tls_roots(no_certificate.repeat(5)),
            "extra_tls_roots: of 5 certificates, these cannot be read: number 1 (",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidConfig);
        assert!(error.message().contains(name), "{name}: {error}");
    }
    assert_eq!(
        Client::builder().build().unwrap_err().code(),
        OwnCode::NoCredentials
    );
}
