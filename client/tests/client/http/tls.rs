//! TLS with the server.

use std::io::{Read, Write};
use std::net::TcpListener;

use jumpqr::error::OwnCode;
use jumpqr::{Client, Edit, Outcome};

use crate::fake::rule;

#[test]
fn a_failed_handshake_is_reported_and_the_token_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let mut received = Vec::new();
        // The client may reset the connection: what came before counts.
        let _ = stream.read_to_end(&mut received);
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
