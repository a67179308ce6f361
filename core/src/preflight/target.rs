//! Where a preflight connects to, and which prefixes it does not touch.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{PlacedUrl, PreflightCode, places};
use crate::link::Link;
use crate::named;
use crate::rule::RuleKey;

named! {
    /// Why nothing is fetched for a prefix.
    pub enum Refusal {
        /// A service account's rule needs no file.
        ServiceAccountRule = "service_account_rule" => PreflightCode::ServiceAccountRule,
        /// The prefix is not an http(s) URL.
        NotALink = "not_a_link" => PreflightCode::NotALink,
        /// The prefix has a user name or a password.
        UserInfo = "user_info" => PreflightCode::UserInfo,
        /// The host is not a name of ASCII letters, digits, `-`, `_` and dots, nor an address.
        BadHost = "bad_host" => PreflightCode::BadHost,
        /// The prefix names a port other than that of its scheme. Who lets strangers name ports
        /// lets them scan ports.
        Port = "port" => PreflightCode::Port,
    }
    /// Returns the code of the finding.
    pub(super) code -> PreflightCode
}

/// Where the file of a rule is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Whether the prefix begins with `https`.
    pub is_tls: bool,
    /// The host: a name, or an address without brackets.
    pub host: String,
    /// The port of the prefix, or that of its scheme.
    pub port: u16,
    /// The value of the field `Host`: the host as written, with a port that is not the scheme's.
    pub host_field: String,
    /// What to look at, see [`places`].
    pub places: Vec<PlacedUrl>,
}

impl Target {
    /// Returns where the file of a rule is fetched, or why nothing may be fetched. `any_port`
    /// permits a port that is not that of the scheme.
    pub fn new(key: &RuleKey, file_name: &str, any_port: bool) -> Result<Self, Refusal> {
        if key.is_service_account() {
            return Err(Refusal::ServiceAccountRule);
        }
        let link = Link::cut_http(&key.prefix).ok_or(Refusal::NotALink)?;
        if link.authority.contains('@') {
            return Err(Refusal::UserInfo);
        }
        let is_tls = link.scheme.eq_ignore_ascii_case("https");
        let default_port = if is_tls { 443 } else { 80 };
        let (host, port) = link.host_and_port();
        let port = match port.map(str::parse) {
            None => default_port,
            Some(Ok(port)) if port != 0 => port,
            Some(_) => return Err(Refusal::BadHost),
        };
        let bare = match host.strip_prefix('[') {
            Some(rest) => {
                let address = rest.strip_suffix(']').ok_or(Refusal::BadHost)?;
                let is_address = address.parse::<core::net::Ipv6Addr>().is_ok();
                is_address.then_some(address).ok_or(Refusal::BadHost)?
            }
            None => host,
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if bare.is_empty() || (bare == host && !bare.bytes().all(is_name)) {
            return Err(Refusal::BadHost);
        }
        let host_field = if port == default_port {
            host.to_string()
        } else if any_port {
            alloc::format!("{host}:{port}")
        } else {
            return Err(Refusal::Port);
        };
        Ok(Self {
            is_tls,
            host: bare.to_string(),
            port,
            host_field,
            places: places(&key.prefix, file_name),
        })
    }
}
