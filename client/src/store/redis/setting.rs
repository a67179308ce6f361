//! What a setting such as `redis://user:password@host/1?prefix=jumpqr:` says.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::connection::Tls;
use super::connections::{Address, Server};
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
        // Why it cannot be read is not told: that could quote it.
        let url = Url::parse(setting).map_err(|_| unreadable())?;
        let parameters = Parameters::of(&url)?;
        // A host of this scheme is not translated to its ASCII form: it arrives percent-encoded.
        if url.host_str().is_some_and(|host| host.contains('%')) {
            return Err(refused(
                "the host has non-ASCII characters; give its ASCII form, which begins with xn--",
            ));
        }
        if url.fragment().is_some() {
            return Err(unreadable());
        }
        let info = connection_info(&url)?;
        let login = info.redis_settings();
        let (user, password) = (login.username(), login.password());
        if password.is_none_or(str::is_empty) && (user.is_some() || password.is_some()) {
            return Err(refused(
                "there is a user without a password, or an empty password; give user:password, or :password for a Redis without users",
            ));
        }
        let db = login.db();
        if db < 0 {
            return Err(unreadable());
        }
        let (address, tls) = match info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let tls = match url.scheme() {
                    "rediss" => Some(tls(host, parameters.ca.as_deref())?),
                    _ => None,
                };
                (Address::Tcp(host.clone(), *port), tls)
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => (Address::Unix(path.clone()), None),
            _ => return Err(unreadable()),
        };
        let server = Server {
            address,
            tls,
            user: user.map(str::to_owned),
            password: password.map(Secret::from),
            db,
            place: place(info.addr()),
        };
        Ok(Self {
            server,
            name: without_password(url),
            prefix: parameters
                .prefix
                .unwrap_or_else(|| DEFAULT_PREFIX.to_owned()),
        })
    }
}

#[derive(Default)]
struct Parameters {
    prefix: Option<String>,
    ca: Option<String>,
}

impl Parameters {
    /// Those of ours; `user`, `pass` and `db` of a socket are read by redis.
    fn of(url: &Url) -> Result<Self> {
        let socket = url.scheme() == "redis+unix";
        let mut parameters = Self::default();
        let mut seen = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "prefix" => parameters.prefix = Some(prefix(&value)?),
                "ca" if url.scheme() == "rediss" => parameters.ca = Some(value.into_owned()),
                "user" | "pass" | "db" if socket => {}
                _ => {
                    return Err(refused(if socket {
                        "its query may have prefix, user, pass and db, and nothing else"
                    } else {
                        "its query may have prefix, and ca with rediss://, and nothing else"
                    }));
                }
            }
            if seen.contains(&name) {
                return Err(refused("its query has a parameter twice"));
            }
            seen.push(name);
        }
        Ok(parameters)
    }
}

/// Braces would move the slot's tag, and the rest could not be seen in a key's name.
fn prefix(value: &str) -> Result<String> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'{' && byte != b'}';
    if value.len() <= LONGEST_PREFIX && value.bytes().all(allowed) {
        Ok(value.to_owned())
    } else {
        Err(refused(
            "prefix may have up to 100 ASCII letters, digits and signs but braces",
        ))
    }
}

/// How redis reads the setting; TLS is our own.
fn connection_info(url: &Url) -> Result<ConnectionInfo> {
    let mut url = url.clone();
    if url.scheme() == "rediss" {
        url.set_scheme("redis").map_err(|()| unreadable())?;
    }
    url.into_connection_info().map_err(|_| unreadable())
}

fn tls(host: &str, ca: Option<&str>) -> Result<Tls> {
    let server = ServerName::try_from(host.to_owned()).map_err(|_| unreadable())?;
    let roots = match ca {
        Some(path) => Arc::new(roots(Path::new(path))?),
        None => Arc::clone(&BUNDLED),
    };
    let cryptography = CryptoProvider::get_default().cloned();
    let cryptography = cryptography.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let config = ClientConfig::builder_with_provider(cryptography)
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(&format!("TLS cannot be used: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Tls {
        config: Arc::new(config),
        server,
    })
}

/// The certificates in the file. A FIFO in its place could be waited for without end.
fn roots(path: &Path) -> Result<RootCertStore> {
    if !path.is_absolute() {
        return Err(refused(
            "ca must be the absolute path of a file with certificates in PEM",
        ));
    }
    let setting = format!("token_store: ca, {}", path.display());
    let unreadable = |error: &dyn Display| {
        Error::new(
            OwnCode::InvalidConfig,
            format!("{setting}: it cannot be read: {error}"),
        )
    };
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(unreadable(&"it is not a file"));
    }
    let pem = std::fs::read(path).map_err(|error| unreadable(&error))?;
    let mut roots = RootCertStore::empty();
    add_pem(&mut roots, &setting, &pem)?;
    Ok(roots)
}

fn place(address: &ConnectionAddr) -> String {
    match address {
        ConnectionAddr::Tcp(host, port) if host.contains(':') => format!("[{host}]:{port}"),
        _ => address.to_string(),
    }
}

fn without_password(mut url: Url) -> String {
    // Where there is no host there is no password.
    let _ = url.set_password(None);
    if url.query_pairs().any(|(name, _)| name == "pass") {
        let rest: Vec<_> = url
            .query_pairs()
            .filter(|(name, _)| name != "pass")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(rest);
    }
    url.into()
}

fn unreadable() -> Error {
    refused(
        "give redis://[user:password@]host[:port][/db], with rediss:// for TLS, or redis+unix:///path; \
         percent-encode what is not a letter or digit in user and password",
    )
}

fn refused(message: &str) -> Error {
    Error::new(OwnCode::InvalidConfig, format!("token_store: {message}"))
}
