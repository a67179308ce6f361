//! The blocking transport over real sockets.

mod proxy;
mod socks;
mod tcp;
mod tls;
mod tls_roots;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::interface::Confirmation;
use jumpqr::settings::IpVersion;
use jumpqr::{Client, ClientBuilder, Edit, ErrorKind, Outcome};

use crate::fake::{listed, rule};
use crate::server::{After, OK, Server, write};

pub(crate) fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .access_token("T+K&N/é=#")
        .base_url(server.base_url())
        .pacing(false)
}

/// Returns the builder of a client that sends each request once, with a token that is easy to find.
pub(super) fn builder_without_retries(base_url: &str) -> ClientBuilder {
    Client::builder()
        .access_token("TOKEN-OF-THE-TEST")
        .base_url(base_url)
        .allow_http(true)
        .max_retries(0)
        .pacing(false)
}

pub(super) fn address_of(server: &Server) -> SocketAddr {
    let base_url = server.base_url();
    base_url.strip_prefix("http://").unwrap().parse().unwrap()
}

#[test]
fn a_request_has_the_documented_path_headers_and_body() {
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
        concat!(
            r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"#,
            r#""path":"pages/index/index","open_version":1,"is_edit":0}"#
        )
    );
}

#[test]
fn one_connection_serves_many_calls() {
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
fn an_idle_connection_that_the_server_has_closed_fails_no_call() {
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
fn a_chunked_response_is_read() {
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
fn an_error_status_is_reported_and_may_be_retried() {
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
fn a_response_beyond_the_limit_is_refused_and_the_rule_is_read_back() {
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
fn after_a_lost_connection_the_rule_is_read_back_and_the_call_is_repeated() {
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
fn a_truncated_body_is_a_lost_connection() {
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
fn a_silent_server_ends_in_a_timeout() {
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
fn a_body_that_arrives_byte_by_byte_ends_at_the_deadline() {
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
fn the_host_is_called_over_the_ip_version_of_the_setting() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let port = address_of(&server).port();
    let base_url = format!("http://localhost:{port}");
    let client = |version| {
        builder_without_retries(&base_url)
            .ip_version(version)
            .build()
            .unwrap()
    };
    client(IpVersion::V4)
        .add_jump_qr_code(rule(), Edit::Add)
        .unwrap();
    // Nothing listens on that address, or it does not exist.
    let error = client(IpVersion::V6).add_jump_qr_code(rule(), Edit::Add);
    assert_eq!(error.unwrap_err().outcome(), Outcome::NotApplied);
    let error = builder_without_retries(&server.base_url())
        .ip_version(IpVersion::V6)
        .build()
        .unwrap()
        .add_jump_qr_code(rule(), Edit::Add)
        .unwrap_err();
    assert_eq!(error.code(), OwnCode::DnsFailed);
    assert!(error.message().contains("IPv6 address"), "{error}");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn each_ip_version_is_parsed_from_its_name() {
    for version in IpVersion::ALL {
        assert_eq!(IpVersion::from_name(version.name()).unwrap(), *version);
    }
    let error = IpVersion::from_name("4").unwrap_err();
    assert_eq!(error.message(), "ip_version: give any, ipv4 or ipv6");
}
