//! The certificates that are trusted.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use jumpqr::Edit;
use jumpqr::error::OwnCode;
use jumpqr::settings::TlsRoots;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::builder_without_retries;
use crate::fake::rule;
use crate::server::OK;

/// Starts a server with a certificate of its own authority. Returns its base URL, and the
/// authority's certificate in PEM.
fn start_company_server() -> (String, String) {
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
fn extra_tls_roots_are_trusted_besides_the_others() {
    let (base_url, authority) = start_company_server();
    let (_, other) = start_company_server();
    let error = builder_without_retries(&base_url)
        .build()
        .unwrap()
        .download_qr_code_text();
    let error = error.unwrap_err();
    assert_eq!(error.code(), OwnCode::TlsFailed);
    assert!(
        error.message().ends_with("to the extra TLS roots"),
        "{error}"
    );
    for roots in [TlsRoots::Bundled, TlsRoots::Pem(other.clone().into_bytes())] {
        let client = builder_without_retries(&base_url)
            .tls_roots(roots)
            .extra_tls_roots(authority.clone())
            .build()
            .unwrap();
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
}

#[test]
fn certificates_that_cannot_be_read_are_ignored_and_named_in_the_error() {
    let (base_url, authority) = start_company_server();
    let (_, other) = start_company_server();
    let unreadable = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
    let garbled = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let client = builder_without_retries(&base_url)
        .tls_roots(TlsRoots::Pem(
            [unreadable, &authority, garbled].concat().into_bytes(),
        ))
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let client = builder_without_retries(&base_url)
        .extra_tls_roots([&other, unreadable, garbled].concat())
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    let named = "the extra TLS roots: of 3 certificates, these cannot be read: number 2 (";
    assert!(error.message().contains(named), "{error}");
    assert!(error.message().contains("), 3 ("), "{error}");
}
