//! Certificates for m.example.cn, right and wrong.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};

/// The certificate and the key of a server.
pub(crate) struct Identity {
    /// What the server sends, in PEM: its own certificate first.
    chain: String,
    key: String,
    /// The authority that the client trusts, in PEM.
    pub(crate) trusted: String,
}

/// An authority: its certificate in PEM, and the issuer that signs with its key.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn root(name: &str) -> Self {
        let (params, key) = Self::params(name);
        Self {
            certificate: params.self_signed(&key).unwrap().pem(),
            issuer: Issuer::new(params, key),
        }
    }

    fn intermediate(&self) -> Self {
        let (params, key) = Self::params("intermediate");
        Self {
            certificate: params.signed_by(&key, &self.issuer).unwrap().pem(),
            issuer: Issuer::new(params, key),
        }
    }

    fn params(name: &str) -> (CertificateParams, KeyPair) {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        (params, KeyPair::generate().unwrap())
    }
}

fn params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, host);
    params
}

/// Issues a certificate of an authority that the client trusts, through an intermediate one.
fn issue(mut params: CertificateParams, sends_intermediate: bool) -> Identity {
    // Authority information access: where the certificate of the issuer is. Public authorities
    // always name it.
    let place = b"http://ca.example/";
    let mut access = vec![0x30, 32, 0x30, 30];
    access.extend([0x06, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86, 18]);
    access.extend(place);
    let identifier = [1, 3, 6, 1, 5, 5, 7, 1, 1];
    let extension = CustomExtension::from_oid_content(&identifier, access);
    params.custom_extensions.push(extension);
    let root = Authority::root("authority of the tests");
    let intermediate = root.intermediate();
    let key = KeyPair::generate().unwrap();
    let mut chain = params.signed_by(&key, &intermediate.issuer).unwrap().pem();
    if sends_intermediate {
        chain += &intermediate.certificate;
    }
    Identity {
        chain,
        key: key.serialize_pem(),
        trusted: root.certificate,
    }
}

pub(crate) fn valid() -> Identity {
    issue(params("m.example.cn"), true)
}

pub(crate) fn without_intermediate() -> Identity {
    issue(params("m.example.cn"), false)
}

pub(crate) fn of_other_hosts() -> Identity {
    issue(params("shop.example.com"), true)
}

pub(crate) fn expired() -> Identity {
    let mut params = params("m.example.cn");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    issue(params, true)
}

pub(crate) fn not_yet_valid() -> Identity {
    let mut params = params("m.example.cn");
    params.not_before = date_time_ymd(2090, 1, 1);
    params.not_after = date_time_ymd(2091, 1, 1);
    issue(params, true)
}

pub(crate) fn self_signed() -> Identity {
    let key = KeyPair::generate().unwrap();
    Identity {
        chain: params("m.example.cn").self_signed(&key).unwrap().pem(),
        key: key.serialize_pem(),
        trusted: Authority::root("stranger").certificate,
    }
}

/// A private authority signs directly, and names no place of its certificate.
pub(crate) fn of_private_authority() -> Identity {
    let key = KeyPair::generate().unwrap();
    let private = Authority::root("company");
    let certificate = params("m.example.cn").signed_by(&key, &private.issuer);
    Identity {
        chain: certificate.unwrap().pem(),
        key: key.serialize_pem(),
        trusted: Authority::root("stranger").certificate,
    }
}

/// The whole chain of an authority that is not trusted, its own certificate included.
pub(crate) fn of_untrusted_authority() -> Identity {
    let mut identity = valid();
    identity.chain += &identity.trusted;
    identity.trusted = Authority::root("stranger").certificate;
    identity
}

impl Identity {
    /// Builds the configuration of a server that speaks these versions of TLS.
    pub(crate) fn config(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Arc<ServerConfig> {
        let chain = CertificateDer::pem_slice_iter(self.chain.as_bytes());
        let chain: Vec<_> = chain.map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_protocol_versions(versions).unwrap();
        Arc::new(
            builder
                .with_no_client_auth()
                .with_single_cert(chain, key)
                .unwrap(),
        )
    }
}
