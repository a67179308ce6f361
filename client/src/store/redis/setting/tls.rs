//! How TLS trusts a server.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;

use jumpqr_core::error::Result;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};

use super::invalid_setting;
use crate::checks;
use crate::transport::{BUNDLED, add_pem};

/// Returns the configuration that trusts the certificates in this file, or else the bundled ones.
pub(super) fn configure(tls_roots: Option<&str>) -> Result<Arc<ClientConfig>> {
    let roots = match tls_roots {
        Some(path) => Arc::new(read_roots(Path::new(path))?),
        None => Arc::clone(&BUNDLED),
    };
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| invalid_setting(&format!("TLS cannot be used: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Reads the certificates in the file. A FIFO in its place is refused, because reading it could
/// block for ever.
fn read_roots(path: &Path) -> Result<RootCertStore> {
    if !path.is_absolute() {
        return Err(invalid_setting(
            "tls_roots must be the absolute path of a file with certificates in PEM",
        ));
    }
    let unusable = |problem: &dyn Display| {
        let message = format!("tls_roots, {}: {problem}", path.display());
        checks::unusable("token_store", message)
    };
    let unreadable = |error: io::Error| unusable(&format!("cannot be read: {error}"));
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unusable(&"is not a file"));
    }
    let pem = std::fs::read(path).map_err(unreadable)?;
    let mut roots = RootCertStore::empty();
    let source = format!("the TLS roots in {}", path.display());
    add_pem(&mut roots, &source, &pem).map_err(|problem| unusable(&problem))?;
    Ok(roots)
}
