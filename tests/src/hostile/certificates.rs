use rcgen::{
    BasicConstraints, CertificateParams, CertifiedKey, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};

/// Who signs nothing.
const STRANGER: &str = "stranger";

/// With what a server shows who it is, in PEM.
#[derive(Debug)]
pub struct Identity {
    /// Its certificate.
    pub certificate: String,
    /// The key to it.
    pub key: String,
    /// The authorities that a client is to trust.
    pub trusted: String,
}

/// From 127.0.0.1's own authority.
pub(super) fn right() -> Result<Identity, rcgen::Error> {
    issued(&CertificateParams::new(["127.0.0.1".to_owned()])?)
}

/// For another host.
pub(super) fn of_another_host() -> Result<Identity, rcgen::Error> {
    issued(&CertificateParams::new(["api.example.com".to_owned()])?)
}

/// Until last year, as every clock sees it.
pub(super) fn expired() -> Result<Identity, rcgen::Error> {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()])?;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    issued(&params)
}

/// From a time that is still to come.
pub(super) fn not_yet_valid() -> Result<Identity, rcgen::Error> {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()])?;
    params.not_before = date_time_ymd(2090, 1, 1);
    params.not_after = date_time_ymd(2091, 1, 1);
    issued(&params)
}

/// From nobody, and trusted by nobody.
pub(super) fn self_signed() -> Result<Identity, rcgen::Error> {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    Ok(Identity {
        certificate: cert.pem(),
        key: signing_key.serialize_pem(),
        trusted: authority(STRANGER)?.0,
    })
}

/// From an authority that the client does not trust.
pub(super) fn of_another_authority() -> Result<Identity, rcgen::Error> {
    let mut identity = right()?;
    identity.trusted = authority(STRANGER)?.0;
    Ok(identity)
}

fn issued(params: &CertificateParams) -> Result<Identity, rcgen::Error> {
    let (trusted, issuer) = authority("authority of the tests")?;
    let key = KeyPair::generate()?;
    Ok(Identity {
        certificate: params.signed_by(&key, &issuer)?.pem(),
        key: key.serialize_pem(),
        trusted,
    })
}

/// The certificate of an authority of this name, and what it signs with.
fn authority(name: &str) -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), Issuer::new(params, key)))
}
