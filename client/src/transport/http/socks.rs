//! SOCKS 5: asks a proxy for a connection. Sources:
//! [RFC 1928](https://www.rfc-editor.org/rfc/rfc1928), and
//! [RFC 1929](https://www.rfc-editor.org/rfc/rfc1929) for user and password.
//!
//! The socket of ureq's own connector ignores the deadline of the call, and that it is cancelled.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jumpqr_core::call::FailureCause;
use ureq::unversioned::transport::{ConnectionDetails, Transport, TransportAdapter};
use ureq::{Error, Proxy, ProxyProtocol};

use super::failure;
use crate::base_url::strip_brackets;

const VERSION: u8 = 5;
const VERSION_OF_LOGIN: u8 = 1;
const NO_LOGIN: u8 = 0;
const LOGIN: u8 = 2;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

const NOT_SOCKS: &str = "the server does not speak SOCKS 5";

/// Returns whether the proxy speaks SOCKS 5.
pub(super) fn is_socks(proxy: &Proxy) -> bool {
    matches!(
        proxy.protocol(),
        ProxyProtocol::Socks5 | ProxyProtocol::Socks5h
    )
}

/// Makes the proxy at the other end of `transport` connect to the host of the request.
pub(super) fn tunnel<T: Transport>(
    transport: T,
    proxy: &Proxy,
    details: &ConnectionDetails<'_>,
) -> Result<T, Error> {
    let mut stream = TransportAdapter::new(transport, Arc::clone(&details.current_time));
    let https = details.needs_tls();
    let port = details
        .uri
        .port_u16()
        .unwrap_or(if https { 443 } else { 80 });
    let host = details.uri.host().unwrap_or_default();
    // If the proxy must not resolve the name, ureq has resolved it.
    let target = match details.addrs.first() {
        Some(address) if proxy.resolve_target() => Target::Address(*address),
        _ => Target::parse(host, port),
    };
    let login = proxy.username().map(|user| (user, proxy.password()));
    connect(&mut stream, login, &target)?;
    Ok(stream.into_inner())
}

enum Target<'a> {
    Address(SocketAddr),
    Name(&'a str, u16),
}

impl<'a> Target<'a> {
    fn parse(host: &'a str, port: u16) -> Self {
        match strip_brackets(host).parse::<IpAddr>() {
            Ok(address) => Self::Address(SocketAddr::new(address, port)),
            Err(_) => Self::Name(host, port),
        }
    }
}

fn connect(
    stream: &mut (impl Read + Write),
    login: Option<(&str, Option<&str>)>,
    target: &Target<'_>,
) -> Result<(), Error> {
    let methods: &[u8] = match login {
        Some(_) => &[VERSION, 2, NO_LOGIN, LOGIN],
        None => &[VERSION, 1, NO_LOGIN],
    };
    stream.write_all(methods)?;
    match (read_reply(stream, VERSION)?, login) {
        (NO_LOGIN, _) => {}
        (LOGIN, Some((user, password))) => {
            let mut request = vec![VERSION_OF_LOGIN];
            push_text(&mut request, user)?;
            push_text(&mut request, password.unwrap_or_default())?;
            stream.write_all(&request)?;
            if read_reply(stream, VERSION_OF_LOGIN)? != 0 {
                return Err(socks_error("the proxy refused the user or the password"));
            }
        }
        (_, Some(_)) => return Err(socks_error("the proxy accepts no user and password")),
        (_, None) => return Err(socks_error("the proxy requires a user and a password")),
    }

    let mut request = vec![VERSION, CONNECT, 0];
    let port = match target {
        Target::Address(address) => {
            match address.ip() {
                IpAddr::V4(ip) => {
                    request.push(IPV4);
                    request.extend(ip.octets());
                }
                IpAddr::V6(ip) => {
                    request.push(IPV6);
                    request.extend(ip.octets());
                }
            }
            address.port()
        }
        Target::Name(name, port) => {
            request.push(NAME);
            push_text(&mut request, name)?;
            *port
        }
    };
    request.extend(port.to_be_bytes());
    stream.write_all(&request)?;
    let reason = match read_reply(stream, VERSION)? {
        0 => return skip_address(stream),
        2 => "its rules forbid it",
        3 => "the network cannot be reached",
        4 => "the host cannot be reached",
        5 => "the host refused",
        6 => "the host did not respond in time",
        8 => "it does not support this type of address",
        _ => "it gives no reason",
    };
    Err(socks_error(&format!(
        "the proxy could not connect: {reason}"
    )))
}

/// Reads the version of a reply, and returns the byte after it.
fn read_reply(stream: &mut impl Read, version: u8) -> Result<u8, Error> {
    let mut reply = [0; 2];
    stream.read_exact(&mut reply)?;
    match reply {
        [found, reply] if found == version => Ok(reply),
        _ => Err(socks_error(NOT_SOCKS)),
    }
}

/// Skips the address from which the proxy connects, which is not needed.
fn skip_address(stream: &mut impl Read) -> Result<(), Error> {
    let [mut reserved_and_type, mut length] = [[0; 2], [0; 2]];
    stream.read_exact(&mut reserved_and_type)?;
    let length = match reserved_and_type {
        [_, IPV4] => 4,
        [_, IPV6] => 16,
        [_, NAME] => {
            let (length, _) = length.split_at_mut(1);
            stream.read_exact(length)?;
            length.first().copied().map_or(0, u64::from)
        }
        _ => return Err(socks_error(NOT_SOCKS)),
    };
    let mut address_and_port = stream.take(length + 2);
    let read = std::io::copy(&mut address_and_port, &mut std::io::sink())?;
    if read < length + 2 {
        return Err(socks_error("the proxy closed the connection"));
    }
    Ok(())
}

/// Appends a text after its length in one byte.
fn push_text(request: &mut Vec<u8>, text: &str) -> Result<(), Error> {
    let length = u8::try_from(text.len());
    request
        .push(length.map_err(|_| socks_error("user, password and host have at most 255 bytes"))?);
    request.extend(text.bytes());
    Ok(())
}

fn socks_error(reason: &str) -> Error {
    failure::error_before_sending(FailureCause::Proxy, reason.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};

    use super::super::failure::to_send_failure;
    use super::{Target, connect};

    /// A proxy that sends its replies whatever it receives.
    struct Scripted<'a> {
        replies: &'a [u8],
        received: Vec<u8>,
    }

    impl Read for Scripted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.replies.read(buffer)
        }
    }

    impl Write for Scripted<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.received.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const CONNECTED: [u8; 10] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];

    fn connect_through(
        replies: &[u8],
        login: Option<(&str, Option<&str>)>,
        host: &str,
    ) -> (Result<(), String>, Vec<u8>) {
        let mut proxy = Scripted {
            replies,
            received: Vec::new(),
        };
        let result = connect(&mut proxy, login, &Target::parse(host, 443));
        let result = result.map_err(|error| to_send_failure(error).detail);
        assert!(result.is_err() || proxy.replies.is_empty());
        (result, proxy.received)
    }

    #[test]
    fn a_name_is_sent_as_text_and_an_address_as_bytes() {
        for (host, sent) in [
            ("qq.com", &[3, 6, b'q', b'q', b'.', b'c', b'o', b'm'][..]),
            ("10.0.0.1", &[1, 10, 0, 0, 1]),
            (
                "[::1]",
                &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            ),
        ] {
            let replies = [&[5, 0][..], &CONNECTED].concat();
            let (result, received) = connect_through(&replies, None, host);
            result.unwrap();
            let request = [&[5, 1, 0, 5, 1, 0][..], sent, &[1, 187]].concat();
            assert_eq!(received, request, "{host}");
        }
    }

    #[test]
    fn user_and_password_are_sent_if_the_proxy_asks_for_them() {
        let login = Some(("u", Some("pw")));
        let replies = [&[5, 2, 1, 0][..], &CONNECTED].concat();
        let (result, received) = connect_through(&replies, login, "h");
        result.unwrap();
        let request = [
            5, 2, 0, 2, 1, 1, b'u', 2, b'p', b'w', 5, 1, 0, 3, 1, b'h', 1, 187,
        ];
        assert_eq!(received, request);
        let replies = [&[5, 0][..], &CONNECTED].concat();
        let (result, received) = connect_through(&replies, login, "h");
        result.unwrap();
        assert_eq!(received, [5, 2, 0, 2, 5, 1, 0, 3, 1, b'h', 1, 187]);
    }

    #[test]
    fn the_address_from_which_the_proxy_connects_is_skipped() {
        for bound in [
            &[1, 1, 2, 3, 4, 0, 80][..],
            &[3, 2, b'a', b'b', 0, 80],
            &[
                4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 80,
            ],
        ] {
            let replies = [&[5, 0, 5, 0, 0][..], bound].concat();
            connect_through(&replies, None, "h").0.unwrap();
        }
    }

    #[test]
    fn a_refusal_has_its_reason_and_not_the_password() {
        let login = Some(("u", Some("P4SS")));
        for (replies, login, reason) in [
            (&[5, 0xff][..], None, "requires a user and a password"),
            (&[5, 0xff], login, "accepts no user"),
            (&[5, 2, 1, 1], login, "refused the user or the password"),
            (&[5, 0, 5, 2], None, "rules"),
            (&[5, 0, 5, 5], None, "the host refused"),
            (&[5, 0, 5, 77], None, "no reason"),
            (b"HTTP/1.1 400", None, "does not speak SOCKS 5"),
            (&[5, 0, 5, 0, 0, 9], None, "does not speak SOCKS 5"),
            (&[5, 0, 5, 0, 0, 1, 1], None, "closed"),
            (&[5], None, "closed"),
        ] {
            let (result, _) = connect_through(replies, login, "h");
            let found = result.unwrap_err();
            assert!(found.contains(reason) && !found.contains("P4SS"), "{found}");
        }
    }
}
