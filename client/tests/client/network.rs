//! Networks as they are: SOCKS proxies, a company's own authority, two versions of the Internet
//! Protocol.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::transport::{IpVersion, ProxySetting, TlsRoots};
use jumpqr::{Client, ClientBuilder, Edit, ErrorKind, Outcome};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::fake::rule;
use crate::server::{After, OK, Server, write};

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder()
        .access_token("TOKEN-OF-THE-TEST")
        .base_url(base_url)
        .allow_http(true)
        .max_retries(0)
        .pacing(false)
}

/// A SOCKS 5 proxy that knows one user, and leads everywhere to the same host.
fn socks_proxy(host: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let seen = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut begin = [0; 2];
            stream.read_exact(&mut begin).unwrap();
            stream.read_exact(&mut vec![0; begin[1].into()]).unwrap();
            stream.write_all(&[5, 2]).unwrap();
            let mut login = [0; 11];
            stream.read_exact(&mut login).unwrap();
            let is_known = &login == b"\x01\x04user\x04p4ss";
            stream.write_all(&[1, u8::from(!is_known)]).unwrap();
            if !is_known {
                continue;
            }
            let mut request = vec![0; 5];
            stream.read_exact(&mut request).unwrap();
            let rest = if request[3] == 3 { request[4] + 2 } else { 5 };
            let mut target = vec![0; rest.into()];
            stream.read_exact(&mut target).unwrap();
            request.extend(target);
            seen.lock().unwrap().push(request);
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let onward = TcpStream::connect(host).unwrap();
            let mut back = (onward.try_clone().unwrap(), stream.try_clone().unwrap());
            thread::spawn(move || {
                drop(std::io::copy(&mut back.0, &mut back.1));
                drop(back.1.shutdown(Shutdown::Both));
            });
            let mut forth = (stream, onward);
            thread::spawn(move || {
                drop(std::io::copy(&mut forth.0, &mut forth.1));
                drop(forth.1.shutdown(Shutdown::Both));
            });
        }
    });
    (address, asked)
}

fn address_of(server: &Server) -> SocketAddr {
    let base_url = server.base_url();
    base_url.strip_prefix("http://").unwrap().parse().unwrap()
}

#[test]
fn a_socks_proxy_leads_to_the_host_and_its_connection_is_kept() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let (proxy, asked) = socks_proxy(address_of(&server));
    let client = builder("http://wechat.invalid")
        .proxy(ProxySetting::Url(
            format!("socks5h://user:p4ss@{proxy}").into(),
        ))
        .build()
        .unwrap();
    for _ in 0..3 {
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
    let name = [&[5, 1, 0, 3, 14][..], b"wechat.invalid", &[0, 80]].concat();
    assert_eq!(*asked.lock().unwrap(), [name]);
    let head = &server.received()[0].head;
    assert!(
        head.contains("\r\nhost: wechat.invalid\r\n")
            || head.contains("\r\nHost: wechat.invalid\r\n"),
        "{head}"
    );
}

#[test]
fn a_socks_proxy_is_given_an_address_if_names_are_resolved_here() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let (proxy, asked) = socks_proxy(address_of(&server));
    let client = builder("http://192.0.2.7:8080")
        .proxy(ProxySetting::Url(
            format!("socks5://user:p4ss@{proxy}").into(),
        ))
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        [[5, 1, 0, 1, 192, 0, 2, 7, 0x1f, 0x90]]
    );
}

#[test]
fn what_a_socks_proxy_refuses_is_told_and_its_password_is_not() {
    let (proxy, _) = socks_proxy("127.0.0.1:1".parse().unwrap());
    for (url, reason) in [
        (
            format!("socks5h://user:WR0N@{proxy}"),
            "refused the user or the password",
        ),
        (
            "socks5h://user:WR0N@127.0.0.1:1".to_owned(),
            "connecting to the proxy failed",
        ),
        (
            "socks5h://user:WR0N@proxy.invalid".to_owned(),
            "could not be resolved",
        ),
    ] {
        let client = builder("http://wechat.invalid")
            .proxy(ProxySetting::Url(url.into()))
            .build()
            .unwrap();
        let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
        assert_eq!(
            (error.code(), error.outcome()),
            (OwnCode::ProxyFailed.into(), Outcome::NotApplied)
        );
        assert!(error.message().contains(reason), "{error}");
        assert!(!format!("{error:?}").contains("WR0N"), "{error:?}");
    }
}

#[test]
fn a_socks_proxy_that_says_nothing_is_left_at_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("socks5h://{}", silent.local_addr().unwrap());
    let client = builder("http://wechat.invalid")
        .proxy(ProxySetting::Url(proxy.into()))
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Timeout, Outcome::NotApplied)
    );
}

#[test]
fn a_proxy_that_wants_a_password_is_told_as_that() {
    let proxy = Server::start(|_, _, stream| {
        write(stream, "407 Proxy Authentication Required", "");
        After::Close
    });
    let client = builder("https://api.weixin.qq.com")
        .proxy(ProxySetting::Url(proxy.base_url().into()))
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::ProxyFailed);
    assert!(error.message().contains("HTTP 407"), "{error}");
}

/// A server with a certificate of an authority of its own, and that authority.
fn company() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, key).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    let certificate = CertificateDer::from_pem_slice(certificate.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut request = [0; 4096];
            while let Ok(1..) = stream.read(&mut request) {
                let length = OK.len();
                let answered = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{OK}"
                );
                if answered.is_err() {
                    break;
                }
            }
        }
    });
    (base_url, authority.pem())
}

#[test]
fn an_extra_authority_is_trusted_besides_the_others() {
    let (base_url, authority) = company();
    let (_, other) = company();
    let error = builder(&base_url).build().unwrap().download_qr_code_text();
    let error = error.unwrap_err();
    assert_eq!(error.code(), OwnCode::TlsFailed);
    assert!(error.message().ends_with("in extra_tls_roots"), "{error}");
    for roots in [TlsRoots::Bundled, TlsRoots::Pem(other.clone().into_bytes())] {
        let client = builder(&base_url)
            .tls_roots(roots)
            .extra_tls_roots(authority.clone())
            .build()
            .unwrap();
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
}

#[test]
fn certificates_that_cannot_be_read_are_passed_over_and_named() {
    let (base_url, authority) = company();
    let (_, other) = company();
    let unreadable = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
    let garbled = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let client = builder(&base_url)
        .tls_roots(TlsRoots::Pem(
            [unreadable, &authority, garbled].concat().into_bytes(),
        ))
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let client = builder(&base_url)
        .extra_tls_roots([&other, unreadable, garbled].concat())
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    let named = "extra_tls_roots: of 3 certificates, these cannot be read: number 2 (";
    assert!(error.message().contains(named), "{error}");
    assert!(error.message().contains("), 3 ("), "{error}");
}

#[test]
fn the_host_is_called_over_the_version_that_is_asked_for() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let port = address_of(&server).port();
    let base_url = format!("http://localhost:{port}");
    let client = |version| builder(&base_url).ip_version(version).build().unwrap();
    client(IpVersion::V4)
        .add_jump_qr_code(rule(), Edit::Add)
        .unwrap();
    // Nobody listens there, or there is no such address.
    let error = client(IpVersion::V6).add_jump_qr_code(rule(), Edit::Add);
    assert_eq!(error.unwrap_err().outcome(), Outcome::NotApplied);
    let error = builder(&server.base_url())
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
fn a_version_is_known_by_its_name() {
    for version in IpVersion::ALL {
        assert_eq!(IpVersion::from_name(version.name()).unwrap(), *version);
    }
    let error = IpVersion::from_name("4").unwrap_err();
    assert_eq!(error.message(), "ip_version: give any, ipv4 or ipv6");
}
