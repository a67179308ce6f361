//! The query of a setting.

use jumpqr_core::error::Result;
use url::Url;

use super::{Login, Scheme, invalid_setting};

/// The longest prefix, in bytes.
const LONGEST_PREFIX: usize = 100;

/// The most replicas that a write may wait for.
const MOST_REPLICAS: u32 = 100;

#[derive(Default)]
pub(super) struct Parameters {
    pub(super) prefix: Option<String>,
    pub(super) tls_roots: Option<String>,
    pub(super) replicas: u32,
    /// The user and the password of the sentinels.
    pub(super) sentinel_login: Login,
}

impl Parameters {
    /// Parses our own parameters. The crate redis parses `user`, `pass` and `db` of a socket.
    pub(super) fn parse(url: &Url, scheme: Scheme, has_tls: bool) -> Result<Self> {
        let mut parameters = Self::default();
        let mut seen = Vec::new();
        for (name, value) in url.query_pairs() {
            match (&*name, scheme) {
                ("prefix", _) => parameters.prefix = Some(parse_prefix(&value)?),
                ("replicas", _) => parameters.replicas = parse_replicas(&value)?,
                ("tls_roots", _) if has_tls => parameters.tls_roots = Some(value.into_owned()),
                ("sentinel_username", Scheme::Sentinels) => {
                    parameters.sentinel_login.0 = Some(value.into_owned());
                }
                ("sentinel_password", Scheme::Sentinels) => {
                    parameters.sentinel_login.1 = Some(value.into_owned());
                }
                ("user" | "pass" | "db", Scheme::Socket) => {}
                _ => {
                    return Err(invalid_setting(match scheme {
                        Scheme::Socket => {
                            "its query may have only prefix, replicas, user, pass and db"
                        }
                        Scheme::Sentinels => {
                            "its query may have only prefix, replicas, sentinel_username, \
                             sentinel_password, and tls_roots with rediss+sentinel://"
                        }
                        _ => "its query may have only prefix, replicas, and tls_roots with rediss",
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

fn parse_replicas(value: &str) -> Result<u32> {
    value
        .parse()
        .ok()
        .filter(|replicas| *replicas <= MOST_REPLICAS)
        .ok_or_else(|| {
            invalid_setting(
                "replicas must be a number from 0 to 100: of those that must receive a write",
            )
        })
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
