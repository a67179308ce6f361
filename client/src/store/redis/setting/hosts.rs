//! The servers in a setting: one, sentinels with the name of a master, or nodes of a cluster.

use jumpqr_core::error::Result;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use rustls::pki_types::ServerName;
use url::{Position, Url};

use super::{Scheme, invalid_setting};
use crate::store::password::is_password;
use crate::store::redis::address::Address;

/// The default port of Redis.
const PORT: u16 = 6379;

/// The default port of a sentinel.
const SENTINEL_PORT: u16 = 26_379;

/// A setting, taken apart. The crate url parses only one host.
pub(super) struct Hosts {
    pub(super) scheme: Scheme,
    pub(super) has_tls: bool,
    /// What the setting begins with, before the `:`.
    begins_with: String,
    /// The setting as it would be with the first host alone, and without TLS.
    pub(super) first: Url,
    /// The other hosts, as the setting has them.
    others: Vec<String>,
}

impl Hosts {
    pub(super) fn parse(setting: &str) -> Result<Self> {
        let (begins_with, rest) = setting
            .split_once(':')
            .ok_or_else(|| Scheme::One.syntax_error())?;
        let scheme = match begins_with {
            "redis" | "rediss" => Scheme::One,
            "redis+unix" => Scheme::Socket,
            "redis+sentinel" | "rediss+sentinel" => Scheme::Sentinels,
            "redis+cluster" | "rediss+cluster" => Scheme::Cluster,
            _ => return Err(Scheme::One.syntax_error()),
        };
        let syntax_error = || scheme.syntax_error();
        let (first, others) = match scheme {
            Scheme::One => (format!("redis:{rest}"), Vec::new()),
            Scheme::Socket => (setting.to_owned(), Vec::new()),
            Scheme::Sentinels | Scheme::Cluster => split_hosts(rest).ok_or_else(syntax_error)?,
        };
        // The reason is left out, because it could quote the setting.
        let first = Url::parse(&first).map_err(|_| syntax_error())?;
        check_host(&first)?;
        if first.fragment().is_some() {
            return Err(syntax_error());
        }
        Ok(Self {
            scheme,
            has_tls: begins_with.starts_with("rediss"),
            begins_with: begins_with.to_owned(),
            first,
            others,
        })
    }

    /// Returns the setting without its passwords.
    pub(super) fn name(&self) -> String {
        let url = strip_password(self.first.clone());
        let hosts = [vec![String::new()], self.others.clone()].concat();
        format!(
            "{}{}{}{}",
            self.begins_with,
            &url[Position::AfterScheme..Position::AfterPort],
            hosts.join(","),
            &url[Position::AfterPort..]
        )
    }

    /// Takes the name of the master, the first part of the path, away from the URL.
    pub(super) fn take_master(&mut self) -> Result<String> {
        let path = self.first.path();
        let path = path.strip_prefix('/').unwrap_or(path).to_owned();
        let (master, db) = path.split_once('/').unwrap_or((&path, ""));
        if master.is_empty() {
            return Err(self.scheme.syntax_error());
        }
        // What a sentinel allows.
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if !master.bytes().all(allowed) {
            return Err(invalid_setting(
                "the name of the master may have ASCII letters, digits, '.', '-' and '_'; give the \
                 name that is in sentinel monitor",
            ));
        }
        self.first.set_path(db);
        Ok(master.to_owned())
    }

    /// Returns the addresses of all hosts.
    pub(super) fn addresses(&self) -> Result<Vec<Address>> {
        let mut addresses = vec![self.address(&self.first)?];
        for other in &self.others {
            let url = Url::parse(&format!("redis://{other}"));
            let url = url.map_err(|_| self.scheme.syntax_error())?;
            check_host(&url)?;
            addresses.push(self.address(&url)?);
        }
        Ok(addresses)
    }

    fn address(&self, url: &Url) -> Result<Address> {
        let info = connection_info(url, self.scheme)?;
        let ConnectionAddr::Tcp(host, _) = info.addr() else {
            return Err(self.scheme.syntax_error());
        };
        // There may be a certificate for it.
        if self.has_tls && ServerName::try_from(&**host).is_err() {
            return Err(self.scheme.syntax_error());
        }
        let default_port = match self.scheme {
            Scheme::Sentinels => SENTINEL_PORT,
            _ => PORT,
        };
        Ok(Address::Tcp(
            host.clone(),
            url.port().unwrap_or(default_port),
        ))
    }
}

/// Splits what follows the `:` into the URL with the first host alone, and the other hosts.
fn split_hosts(rest: &str) -> Option<(String, Vec<String>)> {
    let rest = rest.strip_prefix("//")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (login, hosts) = match authority.rsplit_once('@') {
        // Not percent-encoded: who knows which part is the password?
        Some((login, _)) if login.contains(['@', ',']) => return None,
        Some((login, hosts)) => (format!("{login}@"), hosts),
        None => (String::new(), authority),
    };
    let mut hosts = hosts.split(',').map(str::to_owned);
    let first = hosts.next()?;
    Some((format!("redis://{login}{first}{tail}"), hosts.collect()))
}

fn check_host(url: &Url) -> Result<()> {
    // With this scheme, the crate url does not convert a host to ASCII: it percent-encodes it.
    if url.host_str().is_some_and(|host| host.contains('%')) {
        return Err(invalid_setting(
            "the host has non-ASCII characters; give its ASCII form, which begins with xn--",
        ));
    }
    Ok(())
}

/// Has the crate redis parse the host, the login and the database, or the path of a socket.
pub(super) fn connection_info(url: &Url, scheme: Scheme) -> Result<ConnectionInfo> {
    url.clone()
        .into_connection_info()
        .map_err(|_| scheme.syntax_error())
}

fn strip_password(mut url: Url) -> Url {
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
    url
}
