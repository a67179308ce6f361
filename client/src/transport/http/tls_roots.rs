//! The certificates of authorities that are trusted.

use std::sync::{Arc, LazyLock};

use jumpqr_core::error::Result;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::checks::unusable;
use crate::settings::{Settings, TlsRoots};

/// The certificates in this build.
pub(crate) static BUNDLED: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
    Arc::new(RootCertStore { roots })
});

/// The most unreadable certificates that are named.
const MOST_NAMED: usize = 3;

/// The certificates to trust.
#[derive(Debug)]
pub(super) struct Roots {
    pub(super) store: Arc<RootCertStore>,
    /// Which certificates of the caller were ignored because they cannot be read, for the text of
    /// an error.
    pub(super) note: Option<String>,
}

impl Roots {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let mut store = Arc::new(RootCertStore::empty());
        let mut note = None;
        match &settings.tls_roots() {
            TlsRoots::Bundled => store = Arc::clone(&BUNDLED),
            #[cfg(feature = "os-roots")]
            TlsRoots::Os => add_os_roots(Arc::make_mut(&mut store))?,
            TlsRoots::Pem(pem) => {
                let added = add_pem(Arc::make_mut(&mut store), "the TLS roots", pem);
                note = added.map_err(|problem| unusable("tls_roots", problem))?;
            }
        }
        if let Some(pem) = &settings.extra_tls_roots {
            let added = add_pem(Arc::make_mut(&mut store), "the extra TLS roots", pem);
            note = note.or(added.map_err(|problem| unusable("extra_tls_roots", problem))?);
        }
        Ok(Self { store, note })
    }
}

#[cfg(feature = "os-roots")]
fn add_os_roots(store: &mut RootCertStore) -> Result<()> {
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = store.add_parsable_certificates(found.certs);
    if added == 0 {
        let reason = found.errors.first().map(|error| format!(" ({error})"));
        return Err(unusable(
            "tls_roots",
            format!(
                "no certificates of the operating system were found{}; install them (Debian: \
                 ca-certificates), name a file of them in SSL_CERT_FILE, or give the certificates \
                 themselves",
                reason.unwrap_or_default()
            ),
        ));
    }
    Ok(())
}

/// Adds the certificates in `pem`, and returns a note about those that cannot be read. If none can
/// be read, that is an error.
///
/// A company's bundle of 140 authorities has some that rustls cannot read. They must not keep a
/// client from using the others.
pub(crate) fn add_pem(
    store: &mut RootCertStore,
    source: &str,
    pem: &[u8],
) -> Result<Option<String>, String> {
    let mut unreadable = Vec::new();
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        number += 1;
        let reason = match certificate {
            Ok(certificate) => store.add(certificate).err().map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(reason) = reason {
            unreadable.push((number, reason));
        }
    }
    if number == 0 {
        return Err("has no certificate; give one or more certificates in PEM".to_owned());
    }
    if unreadable.is_empty() {
        return Ok(None);
    }
    let named: Vec<_> = unreadable.iter().take(MOST_NAMED).collect();
    let named = named
        .iter()
        .map(|(place, reason)| format!("{place} ({reason})"));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match unreadable.len() {
        0..=MOST_NAMED => String::new(),
        all => format!(" and {} more", all - MOST_NAMED),
    };
    let problem = format!("of {number} certificates, these cannot be read: number {named}{more}");
    if unreadable.len() == number {
        return Err(format!("{problem}; give one or more certificates in PEM"));
    }
    log::warn!("{source}: {problem}; the others are trusted");
    Ok(Some(format!("{source}: {problem}")))
}
