//! An HTTPS proxy that routes WeChat's hosts to the sandbox, for clients that have
//! `https://api.weixin.qq.com` built in.
//!
//! It accepts CONNECT on the sandbox's own port. Then it serves TLS with a certificate from a CA
//! that is made for this sandbox only. The CA may sign for `weixin.qq.com` only, and its key is
//! dropped at once, so it cannot sign anything else.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, crypto};
use serde_json::json;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::web_page::{WECHAT_HOSTS, is_wechat};
use crate::error::SandboxError;
use crate::http::connection::Connection;

/// The greatest size of the head of a CONNECT request, in bytes.
const MAX_HEAD_BYTES: usize = 8 << 10;

/// The time limit for CONNECT and the TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the certificates are valid.
const VALID_FOR: time::Duration = time::Duration::days(366);

/// The TLS server of the proxy, and the CA that clients must trust.
pub(crate) struct Identity {
    acceptor: TlsAcceptor,
    /// The CA certificate, in PEM.
    pub(crate) ca_pem: String,
}

impl Identity {
    /// Makes a CA and a certificate for WeChat's hosts.
    pub(crate) fn new() -> Result<Self, SandboxError> {
        Self::certify().map_err(|source| SandboxError::Start(io::Error::other(source)))
    }

    fn certify() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut ca = certificate_params(&[], "jumpqr sandbox, made for one run")?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        ca.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("weixin.qq.com".to_owned())],
            excluded_subtrees: Vec::new(),
        });
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

        let mut server = certificate_params(&WECHAT_HOSTS, "jumpqr sandbox")?;
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let chain = vec![server.signed_by(&key, &ca)?.der().clone()];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());

        let provider = Arc::new(crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key.into())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            ca_pem: ca.pem(),
        })
    }
}

/// Returns the parameters of a certificate. Its validity follows the machine's clock, not the
/// sandbox's, because clients check it against their clock.
fn certificate_params(hosts: &[&str], name: &str) -> Result<CertificateParams, rcgen::Error> {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let now = OffsetDateTime::now_utc();
    params.not_before = now.saturating_sub(time::Duration::DAY);
    params.not_after = now.saturating_add(VALID_FOR);
    Ok(params)
}

/// Opens the tunnels of new connections. Each has its own task, so no connection waits for another.
pub(super) struct Tunnels {
    identity: Arc<Identity>,
    opening: JoinSet<Option<(Connection, SocketAddr)>>,
}

impl Tunnels {
    pub(super) fn new(identity: Arc<Identity>) -> Self {
        Self {
            identity,
            opening: JoinSet::new(),
        }
    }

    /// Returns the next connection that is ready for HTTP with the sandbox. `None` if no connection
    /// is being opened.
    pub(super) async fn next(&mut self) -> Option<(Connection, SocketAddr)> {
        loop {
            if let Ok(Some(opened)) = self.opening.join_next().await? {
                return Some(opened);
            }
        }
    }

    /// Handles an accepted connection. It begins with CONNECT, or with a request to the sandbox.
    pub(super) fn handle(&mut self, stream: TcpStream, address: SocketAddr) {
        let identity = Arc::clone(&self.identity);
        self.opening.spawn(async move {
            let mut first = [0];
            stream.peek(&mut first).await.ok()?;
            // No other method that a client uses begins with this letter.
            if first != *b"C" {
                return Some((Connection::plain(stream), address));
            }
            let tunnel = open_tunnel(&identity.acceptor, stream);
            let opened = tokio::time::timeout(HANDSHAKE_TIMEOUT, tunnel).await;
            Some((opened.ok()?.ok()??, address))
        });
    }
}

/// Handles CONNECT and the TLS handshake. Returns `None` if the request was refused.
async fn open_tunnel(
    acceptor: &TlsAcceptor,
    mut stream: TcpStream,
) -> io::Result<Option<Connection>> {
    let head = read_head(&mut stream).await?;
    let target = head.split(' ').nth(1).unwrap_or_default();
    let is_for_sandbox = head.starts_with("CONNECT ") && is_wechat(target);
    if !is_for_sandbox {
        let body = json!({
            "error": format!(
                "this proxy serves {} only, not {target:?}. Name other hosts in NO_PROXY.",
                WECHAT_HOSTS.join(", ")
            ),
        })
        .to_string();
        let response = format!(
            "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(response.as_bytes()).await?;
        stream.shutdown().await?;
        return Ok(None);
    }
    stream
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await?;
    // A failure only costs latency.
    let _ = stream.set_nodelay(true);
    let stream = acceptor.accept(stream).await?;
    Ok(Some(Connection::tunnelled(stream)))
}

/// Reads the head of a request and returns the request line. It must not read further, because the
/// TLS handshake follows.
async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_HEAD_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(stream.read_u8().await?);
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}
