//! The proxy for clients that have WeChat's address built in.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use jumpqr_sandbox::{Effect, Fault, Interface, Sandbox};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto};
use serde_json::json;

use crate::caller::{Caller, read_response, read_to_end};

type Tunnel = StreamOwned<ClientConnection, TcpStream>;

fn new_proxy_caller() -> Caller {
    Caller::with_builder(Sandbox::builder().proxy())
}

/// Sends CONNECT and returns the head of the proxy's response, and the connection.
fn connect(caller: &Caller, target: &str) -> (String, TcpStream) {
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    let mut stream = caller.send_raw(&request);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "{target}");
        head.push(byte[0]);
    }
    (String::from_utf8(head).unwrap(), stream)
}

/// Opens a TLS connection to `host` through the proxy.
fn open_tunnel(caller: &Caller, host: &str) -> Tunnel {
    let (head, stream) = connect(caller, &format!("{host}:443"));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    StreamOwned::new(tls_client(caller, host), stream)
}

/// Makes a TLS client that expects the certificate of `name` and trusts the sandbox's CA only.
fn tls_client(caller: &Caller, name: &str) -> ClientConnection {
    let ca = caller.sandbox.proxy_ca().unwrap();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    ClientConnection::new(Arc::new(config), name).unwrap()
}

fn post(caller: &Caller, host: &str, headers: &str) -> String {
    let token = caller.mini_program_token();
    format!(
        "POST /cgi-bin/wxopen/qrcodejumpget?access_token={token} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    )
}

fn exchange(tunnel: &mut Tunnel, request: &str) -> String {
    tunnel.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    // The server sends no close_notify, so reading ends with an error after the whole response.
    let _end = tunnel.read_to_end(&mut response);
    String::from_utf8_lossy(&response).into_owned()
}

#[test]
fn every_host_of_wechat_reaches_the_sandbox() {
    let caller = new_proxy_caller();
    let hosts = [
        "api.weixin.qq.com",
        "api2.weixin.qq.com",
        "sh.api.weixin.qq.com",
        "sz.api.weixin.qq.com",
        "hk.api.weixin.qq.com",
    ];
    for host in hosts {
        caller.sandbox.advance(std::time::Duration::from_secs(1));
        let response = exchange(&mut open_tunnel(&caller, host), &post(&caller, host, ""));
        assert!(
            response.starts_with("HTTP/1.1 200 OK"),
            "{host}: {response}"
        );
        assert!(response.contains(r#""errcode":0"#), "{host}: {response}");
    }
    let counters = caller.sandbox.counters();
    assert_eq!(counters.calls_of(Interface::GetJumpQRCode), 5);
    assert_eq!(counters.connections, 5);
    let recorded = caller.sandbox.requests().remove(0);
    let host = ("host".to_owned(), hosts[0].to_owned());
    assert!(recorded.headers.contains(&host));
}

#[test]
fn every_other_host_is_refused() {
    let caller = new_proxy_caller();
    for target in [
        "example.org:443",
        "weixin.qq.com:443",
        "api.weixin.qq.com:80",
        "api.weixin.qq.com.evil.example:443",
        "127.0.0.1:443",
    ] {
        let (head, mut stream) = connect(&caller, target);
        assert!(head.starts_with("HTTP/1.1 403 "), "{target}: {head}");
        let (body, _) = read_to_end(&mut stream);
        let body = String::from_utf8(body).unwrap();
        assert!(body.contains(target) && body.contains("NO_PROXY"), "{body}");
    }
    assert!(caller.sandbox.requests().is_empty());
}

#[test]
fn the_certificate_is_for_wechats_hosts_and_the_ca_is_new_each_time() {
    let caller = new_proxy_caller();
    let mut tunnel = open_tunnel(&caller, "api.weixin.qq.com");
    tunnel.conn = tls_client(&caller, "example.org");
    assert!(tunnel.write_all(b"GET / HTTP/1.1\r\n\r\n").is_err());
    let other = new_proxy_caller();
    assert_ne!(caller.sandbox.proxy_ca(), other.sandbox.proxy_ca());
}

#[test]
fn a_web_page_is_refused_in_a_tunnel() {
    let caller = new_proxy_caller();
    let host = "api.weixin.qq.com";
    for (named, headers) in [
        (host, "Origin: https://evil.example\r\n"),
        (host, "Sec-Fetch-Site: cross-site\r\n"),
        ("evil.example", ""),
    ] {
        let request = post(&caller, named, headers);
        let response = exchange(&mut open_tunnel(&caller, host), &request);
        assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
    }
    assert!(caller.sandbox.requests().is_empty());
}

#[test]
fn the_proxy_does_not_change_requests_without_a_tunnel() {
    let caller = new_proxy_caller();
    let listed = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert_eq!(listed["errcode"], 0);
    let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
    // The first byte comes alone. The proxy looks at it to tell CONNECT from other requests.
    let (first, rest) = request.split_at(1);
    let mut stream = caller.send_raw(first);
    stream.write_all(rest.as_bytes()).unwrap();
    let (head, _) = read_response(&mut stream);
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    let without = Caller::new();
    assert_eq!(without.sandbox.proxy_ca(), None);
}

#[test]
fn faults_happen_to_calls_in_a_tunnel() {
    let caller = new_proxy_caller();
    let host = "api.weixin.qq.com";
    for effect in [Effect::Reset, Effect::NotHttp, Effect::Truncate] {
        caller.sandbox.inject(Fault::new(effect.clone())).unwrap();
        let response = exchange(&mut open_tunnel(&caller, host), &post(&caller, host, ""));
        match effect {
            Effect::Reset => assert_eq!(response, ""),
            Effect::NotHttp => assert!(
                !response.is_empty() && !response.starts_with("HTTP"),
                "{response}"
            ),
            _ => assert!(
                response.starts_with("HTTP/1.1 200 ") && !response.ends_with('}'),
                "{response}"
            ),
        }
    }
    assert_eq!(caller.sandbox.counters().business_calls, 3);
}
