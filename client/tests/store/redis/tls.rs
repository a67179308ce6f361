//! Redis over TLS, with an authority of the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jumpqr::error::OwnCode;
use jumpqr::store::{self, TokenStore};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::server::{ADMIN, ESCAPED_PASSWORD, RedisServer, USER};
use crate::{get, key, put};

/// Writes the certificate of a new authority, and the key and the certificate of a server at
/// 127.0.0.1. Returns the path of the authority's certificate.
fn write_certificates(folder: &Path) -> PathBuf {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_certificate = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let server_key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&server_key, &issuer).unwrap();
    let ca = folder.join("ca.pem");
    fs::write(&ca, authority_certificate.pem()).unwrap();
    fs::write(folder.join("server.pem"), server.pem()).unwrap();
    fs::write(folder.join("server.key"), server_key.serialize_pem()).unwrap();
    ca
}

#[test]
fn only_the_authority_of_the_setting_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let ca = write_certificates(folder.path());
    let port = super::server::free_port();
    let files = folder.path().display();
    let server = RedisServer::start_with(&format!(
        "tls-port {port}\ntls-cert-file {files}/server.pem\n\
         tls-key-file {files}/server.key\ntls-auth-clients no"
    ));
    let login = format!("{USER}:{ESCAPED_PASSWORD}");
    let open = |scheme: &str, host: &str, query: &str| -> Arc<dyn TokenStore> {
        store::open(&format!("{scheme}://{login}@{host}:{port}{query}")).unwrap()
    };
    let trusting = format!("?tls_roots={}", ca.display());
    let store = open("rediss", "127.0.0.1", &trusting);
    put(&*store, b"1");
    assert_eq!(get(&*store).unwrap(), b"1");
    assert_eq!(get(&*server.open()).unwrap(), b"1");

    let other = tempfile::tempdir().unwrap();
    let other_ca = format!("?tls_roots={}", write_certificates(other.path()).display());
    for (store, word) in [
        (open("rediss", "127.0.0.1", ""), "certificate"),
        (open("rediss", "127.0.0.1", &other_ca), "certificate"),
        (open("rediss", "localhost", &trusting), "certificate"),
        (open("redis", "127.0.0.1", ""), "TLS"),
    ] {
        let error = store.load(&key(), crate::LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.message().contains(word), "{error}");
        assert!(!format!("{error:?}").contains("P4SS"), "{error:?}");
    }
}

#[test]
fn sentinels_and_the_master_are_both_reached_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let ca = write_certificates(folder.path());
    let files = folder.path().display();
    let tls = |port| {
        format!(
            "tls-port {port}\ntls-cert-file {files}/server.pem\ntls-key-file {files}/server.key\n\
             tls-ca-cert-file {files}/ca.pem\ntls-auth-clients no\ntls-replication yes"
        )
    };
    let [master_port, sentinel_port] = [(); 2].map(|()| super::server::free_port());
    let _master = RedisServer::start_with(&tls(master_port));
    let sentinel = RedisServer::start_sentinel(&format!(
        "{}\nsentinel monitor mymaster 127.0.0.1 {master_port} 1\n\
         sentinel auth-pass mymaster {ADMIN}",
        tls(sentinel_port)
    ));
    let open = |scheme: &str, port: u16, roots: &str| {
        store::open(&format!(
            "{scheme}://{USER}:{ESCAPED_PASSWORD}@127.0.0.1:{port}/mymaster?\
             sentinel_username={USER}&sentinel_password={ESCAPED_PASSWORD}{roots}"
        ))
        .unwrap()
    };
    let roots = format!("&tls_roots={}", ca.display());
    let store = open("rediss+sentinel", sentinel_port, &roots);
    put(&*store, b"1");
    assert_eq!(get(&*store).unwrap(), b"1");
    for (store, word) in [
        (open("rediss+sentinel", sentinel_port, ""), "certificate"),
        (open("redis+sentinel", sentinel_port, ""), "TLS"),
        // The sentinel without TLS, and a master that expects it.
        (open("redis+sentinel", sentinel.port(), ""), "TLS"),
    ] {
        let error = store.load(&key(), crate::LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.message().contains(word), "{error}");
    }
}

#[test]
fn a_redis_without_tls_is_reported() {
    let server = RedisServer::start();
    let setting = server.setting().replace("redis://", "rediss://");
    let error = store::open(&setting)
        .unwrap()
        .load(&key(), crate::LONG)
        .unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    assert!(error.message().contains("TLS"), "{error}");
}
