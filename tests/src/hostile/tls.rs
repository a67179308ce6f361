//! Faults of TLS: wrong certificates, old versions, broken handshakes.

use std::io::{self, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream, StreamOwned};

use super::Action::{OnTlsConnect, Tls};
use super::certificates::{self, Identity};
use super::connection::{build_response, read_body, read_head};
use super::idle::FOREIGN;
use super::seen::Recorder;
use super::{Connection, Fault};

/// The alert "protocol version" in a recorder of TLS 1.1.
const ALERT: &[u8] = b"\x15\x03\x02\x00\x02\x02\x46";

/// A `ServerHello` that chooses TLS 1.1 and `ECDHE_RSA_WITH_AES_128_CBC_SHA`.
const HELLO: &[u8] = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
    01234567890123456789012345678901\x00\xc0\x13\x00";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("tls-right", Tls(certificates::issue_valid)),
    Fault::new(
        "tls-of-another-host",
        Tls(certificates::issue_for_another_host),
    ),
    Fault::new("tls-expired", Tls(certificates::issue_expired)),
    Fault::new("tls-not-yet-valid", Tls(certificates::issue_not_yet_valid)),
    Fault::new("tls-self-signed", Tls(certificates::issue_self_signed)),
    Fault::new(
        "tls-of-another-authority",
        Tls(certificates::issue_by_unknown_authority),
    ),
    Fault::new(
        "tls-1.1-hello",
        OnTlsConnect(|connection| answer_hello(connection, HELLO)),
    ),
    Fault::new(
        "tls-1.1-alert",
        OnTlsConnect(|connection| answer_hello(connection, ALERT)),
    ),
    Fault::new(
        "tls-that-is-http",
        OnTlsConnect(|connection| {
            answer_hello(
                connection,
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            )
        }),
    ),
    Fault::new(
        "tls-closed",
        OnTlsConnect(|connection| connection.peek().map(drop)),
    ),
    Fault::new("tls-silent", OnTlsConnect(Connection::wait_for_close)),
];

/// Waits for the client hello, and answers with these bytes.
fn answer_hello(connection: &mut Connection, answer: &[u8]) -> io::Result<()> {
    connection.peek()?;
    connection.write(answer)?;
    connection.wait_for_close()
}

/// Builds the TLS configuration for this identity.
pub(super) fn build_config(identity: &Identity) -> Result<Arc<ServerConfig>, rustls::Error> {
    let unreadable = |_| rustls::Error::General("the identity is not PEM".to_owned());
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

/// Gives every request a correct answer.
pub(super) fn serve(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    recorder: &Recorder,
) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let mut number = 0;
    while let Some(head) = read_head(&mut stream)? {
        recorder.add_request(&head.path);
        number += 1;
        let request = read_body(&mut stream, head, number)?;
        let answer = build_response("200 OK", request.correct_answer().as_bytes());
        stream.get_mut().write_all(&answer)?;
    }
    Ok(())
}

/// Answers the first request with two responses. Holds back the last byte until the client sends
/// more.
pub(super) fn serve_surplus(
    mut stream: TcpStream,
    config: &Arc<ServerConfig>,
    recorder: &Recorder,
) -> io::Result<()> {
    let mut connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut plaintext = BufReader::new(Stream::new(&mut connection, &mut stream));
    let Some(head) = read_head(&mut plaintext)? else {
        return Ok(());
    };
    recorder.add_request(&head.path);
    let request = read_body(&mut plaintext, head, 1)?;
    drop(plaintext);
    let mut ciphertext = Vec::new();
    for body in [request.correct_answer().as_bytes(), FOREIGN] {
        connection
            .writer()
            .write_all(&build_response("200 OK", body))?;
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
