use std::io::{Read, Write};
use std::sync::Arc;

use rustls::{ALL_VERSIONS, ServerConnection, StreamOwned, SupportedProtocolVersion};

use crate::case::{Case, Group, Running};
use crate::certificates::{self, Identity};
use crate::http::{Requests, Stream, accept, hang};

const PREFIX: &str = "https://m.example.cn/Pay_on/pay_on";

/// The alert "protocol version" of a server that speaks TLS 1.1 only.
const OLD_VERSION: &[u8] = b"\x15\x03\x02\x00\x02\x02\x46";

/// The alert "handshake failure": no common cipher.
const NO_CIPHER: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

/// The alert "unrecognised name".
const UNKNOWN_NAME: &[u8] = b"\x15\x03\x03\x00\x02\x02\x70";

/// Starts a server that has the file in each directory.
pub(super) fn serve(
    identity: &Identity,
    versions: &[&'static SupportedProtocolVersion],
) -> Running {
    let config = identity.config(versions);
    let requests = Requests::default();
    let address = accept("127.0.0.1:0", move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        if requests.read(&mut stream).is_some() {
            Stream::new(&mut stream).content();
            stream.conn.send_close_notify();
            // A client that has the content may be gone.
            let _ = stream.flush();
        }
    });
    Running {
        connect_to: vec![address],
        trusted: Some(identity.trusted.clone()),
        ..Running::default()
    }
}

/// Starts a server that answers the client's first message with these bytes, and closes.
fn answering(bytes: &'static [u8]) -> Running {
    let address = accept("127.0.0.1:0", move |mut stream| {
        let read = stream.read(&mut [0; 4096]);
        // What the client does not read is not missed.
        let _ = read.and_then(|_| stream.write_all(bytes));
    });
    address.into()
}

pub(super) fn list() -> Vec<Case> {
    let with = |name, expected, identity: fn() -> Identity| {
        Case::new(Group::Tls, name, expected, move || {
            serve(&identity(), ALL_VERSIONS)
        })
        .prefix(PREFIX)
    };
    let answering = |name, expected, bytes| {
        Case::new(Group::Tls, name, expected, move || answering(bytes)).prefix(PREFIX)
    };
    vec![
        with(
            "a certificate that has expired",
            "will_fail: tls_expired",
            certificates::expired,
        ),
        with(
            "a certificate that is not valid yet",
            "will_fail: tls_not_yet_valid",
            certificates::not_yet_valid,
        ),
        with(
            "a certificate for another host",
            "will_fail: tls_wrong_name",
            certificates::of_other_hosts,
        ),
        with(
            "a certificate without its intermediate one",
            "will_fail: tls_missing_intermediate",
            certificates::without_intermediate,
        ),
        with(
            "a certificate of a private authority",
            "will_fail: tls_unknown_issuer",
            certificates::of_private_authority,
        ),
        with(
            "a whole chain of an authority that is not trusted",
            "will_fail: tls_unknown_issuer",
            certificates::of_untrusted_authority,
        ),
        with(
            "a certificate that is signed by itself",
            "will_fail: tls_self_signed",
            certificates::self_signed,
        ),
        answering("TLS 1.1 only", "will_fail: tls_old_version", OLD_VERSION),
        answering("no common cipher", "will_fail: tls_old_version", NO_CIPHER),
        answering(
            "a server that does not know the host (SNI)",
            "will_fail: tls_wrong_name",
            UNKNOWN_NAME,
        ),
        answering(
            "plain HTTP, and a prefix with https",
            "will_fail: tls_failed",
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        ),
        answering(
            "the connection is closed during the handshake",
            "will_fail: tls_failed",
            b"",
        ),
        Case::new(
            Group::Tls,
            "the handshake never ends",
            "will_fail: tls_timeout",
            || accept("127.0.0.1:0", |_stream| hang()),
        )
        .prefix(PREFIX)
        .hangs(),
    ]
}
