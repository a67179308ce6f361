//! Tells apart why a TLS handshake failed.

use std::io::ErrorKind;

use jumpqr_core::preflight::Failure;
use rustls::pki_types::CertificateDer;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
use webpki::EndEntityCert;

use crate::tls::HandshakeError;

/// The object identifier of "CA Issuers" in DER: where to fetch the certificate of the issuer.
/// Every certificate of a public authority has it; those of private ones hardly ever do.
const CA_ISSUERS: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];

/// How many hosts of a certificate are named.
const MOST_NAMES: usize = 3;

/// Returns why a handshake failed, and describes it. That its time was over is not among it.
pub(crate) fn failure(failed: &HandshakeError) -> (Failure, String) {
    let inner = failed.error.get_ref();
    let Some(error) = inner.and_then(|inner| inner.downcast_ref::<Error>()) else {
        let detail = match failed.error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => {
                "the connection was closed during the handshake".to_owned()
            }
            _ => failed.error.to_string(),
        };
        return (Failure::TlsFailed, detail);
    };
    match error {
        Error::InvalidCertificate(certificate) => certificate_failure(certificate, &failed.chain),
        Error::PeerIncompatible(_)
        | Error::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        ) => (Failure::TlsOldVersion, error.to_string()),
        Error::AlertReceived(AlertDescription::UnrecognisedName) => (
            Failure::TlsWrongName,
            "the server does not know this host".to_owned(),
        ),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => (
            Failure::TlsFailed,
            "the server does not speak TLS".to_owned(),
        ),
        other => (Failure::TlsFailed, other.to_string()),
    }
}

fn certificate_failure(
    error: &CertificateError,
    chain: &[CertificateDer<'_>],
) -> (Failure, String) {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (Failure::TlsExpired, error.to_string())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (Failure::TlsNotYetValid, error.to_string())
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (Failure::TlsWrongName, describe_names(chain))
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => issuer_failure(chain),
        other if is_self_signed(chain.first()) => (Failure::TlsSelfSigned, other.to_string()),
        other => (Failure::TlsFailed, other.to_string()),
    }
}

/// Tells a missing intermediate certificate from an authority that is not trusted, as far as the
/// certificates tell.
fn issuer_failure(chain: &[CertificateDer<'_>]) -> (Failure, String) {
    let count = chain.len();
    let detail = format!("the server sends {count} certificate(s), and no known authority");
    if is_self_signed(chain.first()) {
        return (Failure::TlsSelfSigned, detail);
    }
    let last = last_of_chain(chain);
    let is_public = last.is_some_and(|last| {
        !is_self_signed(Some(last)) && last.windows(CA_ISSUERS.len()).any(|at| at == CA_ISSUERS)
    });
    if is_public {
        (Failure::TlsMissingIntermediate, detail)
    } else {
        (Failure::TlsUnknownIssuer, detail)
    }
}

/// Follows the issuers from the server's own certificate, and returns the last one that was sent.
fn last_of_chain<'a, 'b>(chain: &'a [CertificateDer<'b>]) -> Option<&'a CertificateDer<'b>> {
    let (mut last, rest) = chain.split_first()?;
    // Each step uses another certificate, so a circle ends, too.
    for _ in rest {
        let issuer = EndEntityCert::try_from(last).ok()?.issuer().to_vec();
        let next = rest.iter().find(|next| {
            let next = EndEntityCert::try_from(*next);
            next.is_ok_and(|next| next.subject() == issuer)
        });
        match next {
            Some(next) if next != last => last = next,
            _ => break,
        }
    }
    Some(last)
}

fn is_self_signed(certificate: Option<&CertificateDer<'_>>) -> bool {
    let certificate = certificate.and_then(|der| EndEntityCert::try_from(der).ok());
    certificate.is_some_and(|certificate| certificate.issuer() == certificate.subject())
}

fn describe_names(chain: &[CertificateDer<'_>]) -> String {
    let certificate = chain
        .first()
        .and_then(|der| EndEntityCert::try_from(der).ok());
    let names: Vec<_> = match &certificate {
        Some(certificate) => certificate.valid_dns_names().take(MOST_NAMES + 1).collect(),
        None => Vec::new(),
    };
    if names.is_empty() {
        return "the certificate names no host".to_owned();
    }
    let more = if names.len() > MOST_NAMES {
        ", …"
    } else {
        ""
    };
    let first = names.get(..MOST_NAMES).unwrap_or(&names);
    format!("the certificate is for {}{more}", first.join(", "))
}
