//! TLS without a browser's mercy: Mozilla's authorities, and the chain as the server sends it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ALL_VERSIONS, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, StreamOwned,
};

use crate::socket::Socket;

/// A connection over TLS.
pub(crate) type TlsStream = StreamOwned<ClientConnection, Socket>;

/// What all handshakes of a look have in common.
#[derive(Debug)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
}

/// Why a handshake failed.
#[derive(Debug)]
pub(crate) struct HandshakeError {
    pub(crate) error: io::Error,
    /// The certificates that the server has sent, its own first.
    pub(crate) chain: Vec<CertificateDer<'static>>,
}

impl Tls {
    /// Makes the configuration, with further authorities in PEM. The error says what is wrong with
    /// them.
    pub(crate) fn new(extra_roots: Option<&[u8]>) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        if let Some(pem) = extra_roots {
            roots.extend(read_roots(pem)?.roots);
        }
        let verifier =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
                .build()
                .map_err(|error| error.to_string())?;
        Ok(Self { provider, verifier })
    }

    /// Does the handshake.
    pub(crate) fn handshake(
        &self,
        host: &str,
        mut socket: Socket,
    ) -> Result<TlsStream, HandshakeError> {
        let recorder = Arc::new(Recorder {
            verifier: Arc::clone(&self.verifier),
            chain: Mutex::default(),
        });
        let mut connect = || {
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
                .with_protocol_versions(ALL_VERSIONS)
                .map_err(io::Error::other)?
                .dangerous()
                .with_custom_certificate_verifier(Arc::clone(&recorder) as _)
                .with_no_client_auth();
            let connection = ClientConnection::new(Arc::new(config), name);
            let mut connection = connection.map_err(io::Error::other)?;
            while connection.is_handshaking() {
                connection.complete_io(&mut socket)?;
            }
            Ok(connection)
        };
        match connect() {
            Ok(connection) => Ok(StreamOwned::new(connection, socket)),
            Err(error) => Err(HandshakeError {
                error,
                chain: recorder.take(),
            }),
        }
    }
}

/// Reads certificates of authorities in PEM. The error says which one cannot be read.
pub(crate) fn read_roots(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for (place, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        let added = match certificate {
            Ok(certificate) => roots.add(certificate).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let number = place + 1;
        added.map_err(|error| format!("certificate {number} cannot be read: {error}"))?;
    }
    if roots.is_empty() {
        return Err("names no authority; give its certificate in PEM".to_owned());
    }
    Ok(roots)
}

/// Verifies as rustls does, and records what the server has sent: rustls' error does not tell it.
#[derive(Debug)]
struct Recorder {
    verifier: Arc<WebPkiServerVerifier>,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

impl Recorder {
    fn take(&self) -> Vec<CertificateDer<'static>> {
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *chain)
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let sent = std::iter::once(end_entity).chain(intermediates);
        let sent = sent.map(|certificate| certificate.clone().into_owned());
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = sent.collect();
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
