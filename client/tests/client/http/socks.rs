//! SOCKS 5 proxies.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::settings::ProxySetting;
use jumpqr::{Edit, ErrorKind, Outcome};

use super::{address_of, builder_without_retries};
use crate::fake::rule;
use crate::server::{After, OK, Server, write};

/// Starts a SOCKS 5 proxy that knows one user and connects every request to the same host. Returns
/// its address, and the requests that it receives.
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
                // Either side may close first.
                let _ = std::io::copy(&mut back.0, &mut back.1);
                let _ = back.1.shutdown(Shutdown::Both);
            });
            let mut forth = (stream, onward);
            thread::spawn(move || {
                // Either side may close first.
                let _ = std::io::copy(&mut forth.0, &mut forth.1);
                let _ = forth.1.shutdown(Shutdown::Both);
            });
        }
    });
    (address, asked)
}

#[test]
fn a_connection_through_a_socks_proxy_serves_many_calls() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let (proxy, asked) = socks_proxy(address_of(&server));
    let client = builder_without_retries("http://wechat.invalid")
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
fn with_socks5_the_proxy_receives_an_address() {
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let (proxy, asked) = socks_proxy(address_of(&server));
    let client = builder_without_retries("http://192.0.2.7:8080")
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
fn a_refusal_is_reported_without_the_password() {
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
        let client = builder_without_retries("http://wechat.invalid")
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
fn a_silent_socks_proxy_ends_in_a_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("socks5h://{}", silent.local_addr().unwrap());
    let client = builder_without_retries("http://wechat.invalid")
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
