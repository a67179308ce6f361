//! What a setting such as `redis://user:password@host/1?prefix=jumpqr:` says.

use std::path::Path;

use jumpqr_core::error::{Error, OwnCode, Result};
use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, TlsCertificates};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use super::connections::Server;

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
        let info = url
            .clone()
            .into_connection_info()
            .map_err(|_| unreadable())?;
        let login = info.redis_settings();
        if login.password().is_none_or(str::is_empty)
            && (login.username().is_some() || login.password().is_some())
        {
            return Err(refused(
                "there is a user without a password, or an empty password; give user:password, or :password for a Redis without users",
            ));
        }
        let db = login.db();
        if db < 0 {
            return Err(unreadable());
        }
        // The database is selected with a command of its own, whose failure can be told.
        let login = login.clone().set_db(0).set_skip_set_lib_name();
        let info = info
            .set_redis_settings(login)
            .set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let place = place(info.addr());
        let client = client(info, parameters.ca.as_deref())?;
        Ok(Self {
            server: Server { client, db, place },
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

fn client(info: ConnectionInfo, ca: Option<&str>) -> Result<Client> {
    let client = match ca {
        Some(path) => Client::build_with_tls(
            info,
            TlsCertificates {
                client_tls: None,
                root_cert: Some(certificates(Path::new(path))?),
            },
        ),
        None => Client::open(info),
    };
    client.map_err(|_| unreadable())
}

/// What is in the file, if it is certificates.
fn certificates(path: &Path) -> Result<Vec<u8>> {
    if !path.is_absolute() {
        return Err(refused(
            "ca must be the absolute path of a file with certificates in PEM",
        ));
    }
    let pem = std::fs::read(path)
        .map_err(|error| refused(&format!("cannot read ca, {}: {error}", path.display())))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(pem),
        _ => Err(refused(&format!(
            "there is no certificate in ca, {}; give one or more in PEM",
            path.display()
        ))),
    }
}

fn place(address: &ConnectionAddr) -> String {
    match address {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. }
            if host.contains(':') =>
        {
            format!("[{host}]:{port}")
        }
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
