//! Proxies over HTTP.

use std::io::Write;

use jumpqr::error::OwnCode;
use jumpqr::settings::ProxySetting;
use jumpqr::{Client, Edit, Outcome};

use super::{builder, builder_without_retries};
use crate::fake::rule;
use crate::server::{After, OK, Server, write};

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_does_not_see_the_token() {
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
fn a_tunnel_serves_many_calls_until_it_is_closed() {
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
fn a_proxy_that_cannot_be_reached_is_named_without_its_password() {
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
fn the_machines_own_addresses_are_called_directly() {
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
fn a_proxy_that_requires_a_password_is_reported_with_http_407() {
    let proxy = Server::start(|_, _, stream| {
        write(stream, "407 Proxy Authentication Required", "");
        After::Close
    });
    let client = builder_without_retries("https://api.weixin.qq.com")
        .proxy(ProxySetting::Url(proxy.base_url().into()))
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::ProxyFailed);
    assert!(error.message().contains("HTTP 407"), "{error}");
}
