//! Servers that are not who they should be, and servers of another age.

use std::io::{self, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream, StreamOwned};

use super::Play::{Handshake, Tls};
use super::certificates::{self, Identity};
use super::connection::{read_body, read_head, whole};
use super::idle::FOREIGN;
use super::seen::Record;
use super::{Connection, Fault};

/// The alert "protocol version" in a record of TLS 1.1.
const ALERT: &[u8] = b"\x15\x03\x02\x00\x02\x02\x46";

/// A `ServerHello` that chooses TLS 1.1 and `ECDHE_RSA_WITH_AES_128_CBC_SHA`.
const HELLO: &[u8] = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
    01234567890123456789012345678901\x00\xc0\x13\x00";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("tls-right", Tls(certificates::right)),
    Fault::new("tls-of-another-host", Tls(certificates::of_another_host)),
    Fault::new("tls-expired", Tls(certificates::expired)),
    Fault::new("tls-not-yet-valid", Tls(certificates::not_yet_valid)),
    Fault::new("tls-self-signed", Tls(certificates::self_signed)),
    Fault::new(
        "tls-of-another-authority",
        Tls(certificates::of_another_authority),
    ),
    Fault::new(
        "tls-1.1-hello",
        Handshake(|connection| after_hello(connection, HELLO)),
    ),
    Fault::new(
        "tls-1.1-alert",
        Handshake(|connection| after_hello(connection, ALERT)),
    ),
    Fault::new(
        "tls-that-is-http",
        Handshake(|connection| {
            after_hello(
                connection,
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            )
        }),
    ),
    Fault::new(
        "tls-closed",
        Handshake(|connection| connection.peek().map(drop)),
    ),
    Fault::new("tls-silent", Handshake(Connection::wait_for_the_end)),
];

/// Answers the first that the client says.
fn after_hello(connection: &mut Connection, answer: &[u8]) -> io::Result<()> {
    connection.peek()?;
    connection.write(answer)?;
    connection.wait_for_the_end()
}

/// What a server with this identity needs.
pub(super) fn config(identity: &Identity) -> Result<Arc<ServerConfig>, rustls::Error> {
    let unreadable = |_| rustls::Error::General("an identity is PEM".to_owned());
    let certificate =
        CertificateDer::from_pem_slice(identity.certificate.as_bytes()).map_err(unreadable)?;
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).map_err(unreadable)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(Arc::new(config))
}

/// Answers every request as it should be.
pub(super) fn serve(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    record: &Record,
) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let mut number = 0;
    while let Some(head) = read_head(&mut stream)? {
        record.request(&head.path);
        number += 1;
        let request = read_body(&mut stream, head, number)?;
        let answer = whole("200 OK", request.right_answer().as_bytes());
        stream.get_mut().write_all(&answer)?;
    }
    Ok(())
}

/// Answers the first request with two responses, and holds the last byte back until the client
/// sends more.
pub(super) fn serve_surplus(
    mut stream: TcpStream,
    config: &Arc<ServerConfig>,
    record: &Record,
) -> io::Result<()> {
    let mut connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut plaintext = BufReader::new(Stream::new(&mut connection, &mut stream));
    let Some(head) = read_head(&mut plaintext)? else {
        return Ok(());
    };
    record.request(&head.path);
    let request = read_body(&mut plaintext, head, 1)?;
    drop(plaintext);
    let mut ciphertext = Vec::new();
    for body in [request.right_answer().as_bytes(), FOREIGN] {
        connection.writer().write_all(&whole("200 OK", body))?;
        while connection.wants_write() {
            connection.write_tls(&mut ciphertext)?;
        }
    }
    let last = ciphertext.pop().into_iter().collect::<Vec<_>>();
    stream.write_all(&ciphertext)?;
    if stream.peek(&mut [0])? > 0 {
        stream.write_all(&last)?;
    }
    io::copy(&mut stream, &mut io::sink()).map(drop)
}
