use rcgen::{
    BasicConstraints, CertificateParams, CertifiedKey, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};

/// The name of an authority that has signed no certificate of a server.
const UNKNOWN_AUTHORITY: &str = "stranger";

/// The certificate and the key of a server, in PEM.
#[derive(Debug)]
pub struct Identity {
    /// The certificate of the server.
    pub certificate: String,
    /// The private key of the certificate.
    pub key: String,
    /// The authorities that a client must trust.
    pub trusted: String,
}

/// Issues a certificate for 127.0.0.1, from the authority that the client trusts.
pub(super) fn issue_valid() -> Result<Identity, rcgen::Error> {
    issue(&CertificateParams::new(["127.0.0.1".to_owned()])?)
}

/// Issues a certificate for another host.
pub(super) fn issue_for_another_host() -> Result<Identity, rcgen::Error> {
    issue(&CertificateParams::new(["api.example.com".to_owned()])?)
}

/// Issues a certificate that has expired.
pub(super) fn issue_expired() -> Result<Identity, rcgen::Error> {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()])?;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    issue(&params)
}

/// Issues a certificate that is not valid yet.
pub(super) fn issue_not_yet_valid() -> Result<Identity, rcgen::Error> {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()])?;
    params.not_before = date_time_ymd(2090, 1, 1);
    params.not_after = date_time_ymd(2091, 1, 1);
    issue(&params)
}

/// Issues a self-signed certificate, which the client does not trust.
pub(super) fn issue_self_signed() -> Result<Identity, rcgen::Error> {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    Ok(Identity {
        certificate: cert.pem(),
        key: signing_key.serialize_pem(),
        trusted: create_authority(UNKNOWN_AUTHORITY)?.0,
    })
}

/// Issues a valid certificate from an authority that the client does not trust.
pub(super) fn issue_by_unknown_authority() -> Result<Identity, rcgen::Error> {
    let mut identity = issue_valid()?;
    identity.trusted = create_authority(UNKNOWN_AUTHORITY)?.0;
    Ok(identity)
}

fn issue(params: &CertificateParams) -> Result<Identity, rcgen::Error> {
    let (trusted, issuer) = create_authority("authority of the tests")?;
    let key = KeyPair::generate()?;
    Ok(Identity {
        certificate: params.signed_by(&key, &issuer)?.pem(),
        key: key.serialize_pem(),
        trusted,
    })
}

/// Creates an authority. Returns its certificate, and the issuer that signs with its key.
fn create_authority(name: &str) -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), Issuer::new(params, key)))
}
