//! Parses a setting such as `redis://user:password@host/1?prefix=jumpqr:`.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;

use jumpqr_core::Secret;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, Result};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::connection::Tls;
use super::connections::{Address, Server};
use crate::checks;
use crate::store::password::is_password;
use crate::transport::{BUNDLED, add_pem};

const DEFAULT_PREFIX: &str = "jumpqr:";

/// The longest prefix, in bytes.
const LONGEST_PREFIX: usize = 100;

pub(super) struct Setting {
    pub(super) server: Server,
    /// The setting without its password.
    pub(super) name: String,
    pub(super) prefix: String,
}

impl Setting {
    pub(super) fn parse(setting: &str) -> Result<Self> {
        // The reason is left out, because it could quote the setting.
        let url = Url::parse(setting).map_err(|_| syntax_error())?;
        let parameters = Parameters::parse(&url)?;
        // With this scheme, the crate url does not convert a host to ASCII: it percent-encodes it.
        if url.host_str().is_some_and(|host| host.contains('%')) {
            return Err(invalid_setting(
                "the host has non-ASCII characters; give its ASCII form, which begins with xn--",
            ));
        }
        if url.fragment().is_some() {
            return Err(syntax_error());
        }
        let info = connection_info(&url)?;
        let login = info.redis_settings();
        let (user, password) = (login.username(), login.password());
        if password.is_none_or(str::is_empty) && (user.is_some() || password.is_some()) {
            return Err(invalid_setting(
                "there is a user without a password, or an empty password; give user:password, or \
                 :password for a Redis without users",
            ));
        }
        let db = login.db();
        if db < 0 {
            return Err(syntax_error());
        }
        let (address, tls) = match info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let tls = match url.scheme() {
                    "rediss" => Some(tls_config(host, parameters.tls_roots.as_deref())?),
                    _ => None,
                };
                (Address::Tcp(host.clone(), *port), tls)
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => (Address::Unix(path.clone()), None),
            _ => return Err(syntax_error()),
        };
        let server = Server {
            address,
            tls,
            user: user.map(str::to_owned),
            password: password.map(Secret::from),
            db,
            endpoint: endpoint(info.addr()),
        };
        Ok(Self {
            server,
            name: strip_password(url),
            prefix: parameters
                .prefix
                .unwrap_or_else(|| DEFAULT_PREFIX.to_owned()),
        })
    }
}

#[derive(Default)]
struct Parameters {
    prefix: Option<String>,
    tls_roots: Option<String>,
}

impl Parameters {
    /// Parses our own parameters. The crate redis parses `user`, `pass` and `db` of a socket.
    fn parse(url: &Url) -> Result<Self> {
        let socket = url.scheme() == "redis+unix";
        let mut parameters = Self::default();
        let mut seen = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "prefix" => parameters.prefix = Some(parse_prefix(&value)?),
                "tls_roots" if url.scheme() == "rediss" => {
                    parameters.tls_roots = Some(value.into_owned());
                }
                "user" | "pass" | "db" if socket => {}
                _ => {
                    return Err(invalid_setting(if socket {
                        "its query may have only prefix, user, pass and db"
                    } else {
                        "its query may have only prefix, and tls_roots with rediss://"
                    }));
                }
            }
            if seen.contains(&name) {
                return Err(invalid_setting("its query has a parameter twice"));
            }
            seen.push(name);
        }
        Ok(parameters)
    }
}

/// Refuses braces, which would change the cluster slot of the keys, and characters that are
/// invisible in the name of a key.
fn parse_prefix(value: &str) -> Result<String> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'{' && byte != b'}';
    if value.len() <= LONGEST_PREFIX && value.bytes().all(allowed) {
        Ok(value.to_owned())
    } else {
        Err(invalid_setting(
            "prefix may have up to 100 ASCII letters, digits and signs, without braces",
        ))
    }
}

/// Has the crate redis parse the setting, as one without TLS, which is our own.
fn connection_info(url: &Url) -> Result<ConnectionInfo> {
    let mut url = url.clone();
    if url.scheme() == "rediss" {
        url.set_scheme("redis").map_err(|()| syntax_error())?;
    }
    url.into_connection_info().map_err(|_| syntax_error())
}

fn tls_config(host: &str, tls_roots: Option<&str>) -> Result<Tls> {
    let server = ServerName::try_from(host.to_owned()).map_err(|_| syntax_error())?;
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
    Ok(Tls {
        config: Arc::new(config),
        server,
    })
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

fn endpoint(address: &ConnectionAddr) -> String {
    match address {
        ConnectionAddr::Tcp(host, port) if host.contains(':') => format!("[{host}]:{port}"),
        _ => address.to_string(),
    }
}

fn strip_password(mut url: Url) -> String {
    // This fails only without a host, and then there is no password.
    let _ = url.set_password(None);
    if url.query_pairs().any(|(name, _)| is_password(&name)) {
        let rest: Vec<_> = url
            .query_pairs()
            .filter(|(name, _)| !is_password(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(rest);
    }
    url.into()
}

fn syntax_error() -> Error {
    invalid_setting(
        "give redis://[user:password@]host[:port][/db], with rediss:// for TLS, or \
         redis+unix:///path; percent-encode every character but letters and digits in user and \
         password",
    )
}

fn invalid_setting(message: &str) -> Error {
    checks::refuse(Finding::new(
        "token_store",
        FindingCode::UnknownValue,
        message,
    ))
}
