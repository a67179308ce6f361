//! Parses a setting such as `redis://user:password@host/1?prefix=jumpqr:`.

mod hosts;
mod parameters;
mod tls;

use std::sync::Arc;

use jumpqr_core::Secret;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, Result};

use self::hosts::Hosts;
use self::parameters::Parameters;
#[cfg(unix)]
use super::address::Address;
use super::connections::{Access, Connections};
use super::fleet::{Cluster, Fleet, Nodes, Sentinels};
use crate::checks;

const DEFAULT_PREFIX: &str = "jumpqr:";

pub(super) struct Setting {
    pub(super) fleet: Fleet,
    /// The setting without its passwords.
    pub(super) name: String,
    pub(super) prefix: String,
    /// How many replicas must have received a write.
    pub(super) replicas: u32,
}

impl Setting {
    pub(super) fn parse(setting: &str) -> Result<Self> {
        let hosts = Hosts::parse(setting)?;
        let parameters = Parameters::parse(&hosts.first, hosts.scheme, hosts.has_tls)?;
        Ok(Self {
            name: hosts.name(),
            fleet: fleet(
                hosts,
                parameters.sentinel_login,
                parameters.tls_roots.as_deref(),
            )?,
            prefix: parameters
                .prefix
                .unwrap_or_else(|| DEFAULT_PREFIX.to_owned()),
            replicas: parameters.replicas,
        })
    }
}

/// What a setting says about the servers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    One,
    Socket,
    Sentinels,
    Cluster,
}

impl Scheme {
    fn syntax_error(self) -> Error {
        invalid_setting(match self {
            Self::One | Self::Socket => {
                "give redis://[user:password@]host[:port][/db], with rediss:// for TLS, or \
                 redis+unix:///path; percent-encode every character but letters and digits in user \
                 and password"
            }
            Self::Sentinels => {
                "give redis+sentinel://[user:password@]host[:port],host[:port]/master[/db] with \
                 the hosts of the sentinels and the name that they have for the master, and \
                 rediss+sentinel:// for TLS; percent-encode every character but letters and digits \
                 in user and password"
            }
            Self::Cluster => {
                "give redis+cluster://[user:password@]host[:port],host[:port] with some of the \
                 nodes, and rediss+cluster:// for TLS; percent-encode every character but letters \
                 and digits in user and password"
            }
        })
    }
}

/// A user and a password.
type Login = (Option<String>, Option<String>);

/// Makes the connections. They are not opened yet.
fn fleet(mut hosts: Hosts, sentinel_login: Login, tls_roots: Option<&str>) -> Result<Fleet> {
    let scheme = hosts.scheme;
    let master = match scheme {
        Scheme::Sentinels => Some(hosts.take_master()?),
        _ => None,
    };
    let info = hosts::connection_info(&hosts.first, scheme)?;
    let redis = info.redis_settings();
    if redis.db() < 0 {
        return Err(scheme.syntax_error());
    }
    if scheme == Scheme::Cluster && redis.db() != 0 {
        return Err(invalid_setting(
            "a Redis cluster has no databases with numbers; give none after the hosts",
        ));
    }
    let tls = if hosts.has_tls {
        Some(tls::configure(tls_roots)?)
    } else {
        None
    };
    let access = |(user, password): Login| -> Result<Access> {
        if password.as_deref().is_none_or(str::is_empty) && (user.is_some() || password.is_some()) {
            return Err(invalid_setting(
                "there is a user without a password, or an empty password; give user:password, or \
                 :password for a Redis without users",
            ));
        }
        Ok(Access {
            tls: tls.clone(),
            user,
            password: password.map(Secret::from),
            db: 0,
            must_be_master: false,
        })
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let redis_access = Access {
        db: redis.db(),
        must_be_master: master.is_some(),
        ..access((owned(redis.username()), owned(redis.password())))?
    };
    #[cfg(unix)]
    if let redis::ConnectionAddr::Unix(path) = info.addr() {
        let address = Address::Unix(path.clone());
        return Ok(Fleet::One(Connections::new(
            address,
            Arc::new(redis_access),
        )));
    }
    let addresses = hosts.addresses()?;
    Ok(match (scheme, master) {
        (Scheme::Sentinels, Some(master)) => {
            let access = Arc::new(access(sentinel_login)?);
            let connections = |address| Connections::new(address, Arc::clone(&access));
            let sentinels = addresses.into_iter().map(connections).collect();
            Fleet::Sentinels(Sentinels::new(master, sentinels, Nodes::new(redis_access)))
        }
        (Scheme::Cluster, _) => Fleet::Cluster(Cluster::new(addresses, Nodes::new(redis_access))),
        _ => {
            let address = addresses.into_iter().next();
            let address = address.ok_or_else(|| scheme.syntax_error())?;
            Fleet::One(Connections::new(address, Arc::new(redis_access)))
        }
    })
}

fn invalid_setting(message: &str) -> Error {
    checks::refuse(Finding::new(
        "token_store",
        FindingCode::UnknownValue,
        message,
    ))
}
