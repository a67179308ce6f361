//! Describes why a TLS handshake failed, for readers who do not know TLS.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

/// How many hosts of a certificate are named.
const MOST_NAMES: usize = 3;

/// Describes rustls' error in an error of a socket.
pub(super) fn io_reason(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    tls.map_or_else(|| error.to_string(), reason)
}

/// Returns whether no trusted authority has signed the server's certificate.
pub(super) fn is_untrusted(error: &ureq::Error) -> bool {
    let ureq::Error::Io(io) = error else {
        return false;
    };
    matches!(
        io.get_ref().and_then(|inner| inner.downcast_ref()),
        Some(Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature
        ))
    )
}

/// Describes an error. For rare ones, that is rustls' own text.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(certificate) => certificate_reason(certificate),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            "the server speaks neither TLS 1.2 nor TLS 1.3".to_owned()
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the server does not speak TLS; check the scheme and the port of the base URL"
                .to_owned()
        }
        other => other.to_string(),
    }
}

fn certificate_reason(error: &CertificateError) -> String {
    match error {
        CertificateError::NotValidForName => "the certificate is not for this host".to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().take(MOST_NAMES);
            let names: Vec<_> = names.map(|name| dns_name(name)).collect();
            let more = if presented.len() > MOST_NAMES {
                ", …"
            } else {
                ""
            };
            format!(
                "the certificate is not for this host, but for {}{more}",
                names.join(", ")
            )
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired, if this machine's clock is right".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet, if this machine's clock is right".to_owned()
        }
        // An authority with a trusted name, but another key, makes a wrong signature.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate is from an authority that is not trusted; if it is your company's, \
             add its certificate to the extra TLS roots"
                .to_owned()
        }
        other => Error::InvalidCertificate(other.clone()).to_string(),
    }
}

/// Returns the host in rustls' text `DnsName("api.example.com")`.
fn dns_name(name: &str) -> &str {
    let quoted = name.strip_prefix("DnsName(\"");
    quoted
        .and_then(|name| name.strip_suffix("\")"))
        .unwrap_or(name)
}
