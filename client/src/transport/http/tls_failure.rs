//! Why TLS was not agreed on, in words for somebody who does not know TLS.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

/// How many of the hosts are named that a certificate is for.
const MOST_NAMES: usize = 3;

/// The reason in an error of the socket's, with rustls' error in it.
pub(super) fn in_io(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    tls.map_or_else(|| error.to_string(), reason)
}

/// Whether the server's certificate is from nobody that is trusted.
pub(super) fn is_distrust(error: &ureq::Error) -> bool {
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

/// The reason. What is rare is said as rustls says it.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(certificate) => refused(certificate),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            "the server speaks neither TLS 1.2 nor TLS 1.3".to_owned()
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "what listens there does not speak TLS; look at the scheme and the port of base_url"
                .to_owned()
        }
        other => other.to_string(),
    }
}

fn refused(error: &CertificateError) -> String {
    match error {
        CertificateError::NotValidForName => "the certificate is not for this host".to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().take(MOST_NAMES);
            let names: Vec<_> = names.map(|name| bare(name)).collect();
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
        // With another key than that of a trusted authority of the same name, the signature is wrong.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate is from an authority that is not trusted; if it is your company's, give its certificate in extra_tls_roots"
                .to_owned()
        }
        other => Error::InvalidCertificate(other.clone()).to_string(),
    }
}

/// The name in what rustls writes as `DnsName("api.example.com")`.
fn bare(name: &str) -> &str {
    let quoted = name.strip_prefix("DnsName(\"");
    quoted
        .and_then(|name| name.strip_suffix("\")"))
        .unwrap_or(name)
}
