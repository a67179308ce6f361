//! What WeChat looks up when a rule is added: ICP filings, the blacklist, verification files.

use std::collections::{BTreeMap, BTreeSet};

use jumpqr_core::verification_file::location;
use serde::{Deserialize, Serialize};

use crate::account::Account;

/// The domains and prefixes that WeChat refuses. By default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Web {
    /// Domains without ICP filing, subdomains included: 85076.
    pub not_filed: BTreeSet<String>,
    /// Prefixes on WeChat's blacklist. Every rule prefix that begins with one of them gets 85070.
    pub blacklist: BTreeSet<String>,
}

impl Web {
    pub(crate) fn is_filed(&self, prefix: &str) -> bool {
        let host = host(prefix).to_ascii_lowercase();
        !self.not_filed.iter().any(|domain| {
            host.strip_suffix(&domain.to_ascii_lowercase())
                .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        })
    }

    pub(crate) fn is_blacklisted(&self, prefix: &str) -> bool {
        self.blacklist
            .iter()
            .any(|listed| prefix.starts_with(listed))
    }
}

/// Returns the host of a link, without user information and port.
fn host(link: &str) -> &str {
    let after_scheme = link.split_once("://").map_or(link, |(_, rest)| rest);
    let authority = after_scheme
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let host_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    host_port
        .split_once(':')
        .map_or(host_port, |(host, _)| host)
}

/// The verification files by account. If an account has no entry, every URL has its file.
#[derive(Debug, Clone, Default)]
pub(crate) struct VerificationFiles {
    by_account: BTreeMap<String, BTreeMap<String, String>>,
}

impl VerificationFiles {
    /// Sets the files of the account, as URL → content.
    pub(crate) fn put(&mut self, appid: &str, files: BTreeMap<String, String>) {
        self.by_account.insert(appid.to_owned(), files);
    }

    /// Removes the entry of the account, so every URL has its file.
    pub(crate) fn clear(&mut self, appid: &str) {
        self.by_account.remove(appid);
    }

    /// Returns the files of the account; `None` if every URL has its file.
    pub(crate) fn get(&self, appid: &str) -> Option<&BTreeMap<String, String>> {
        self.by_account.get(appid)
    }

    /// Whether the account's verification file is at the URL for this prefix.
    pub(crate) fn is_placed(&self, account: &Account, prefix: &str) -> bool {
        let Some(files) = self.get(&account.appid) else {
            return true;
        };
        let (name, content) = account.verification_file();
        location(prefix, &name)
            .and_then(|url| files.get(&url))
            .is_some_and(|placed| *placed == content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filing_covers_subdomains_but_not_other_names_with_the_same_end() {
        let web = Web {
            not_filed: BTreeSet::from(["Example.com".to_owned()]),
            ..Web::default()
        };
        assert!(!web.is_filed("https://example.com/a"));
        assert!(!web.is_filed("http://m.EXAMPLE.com?a"));
        assert!(web.is_filed("https://notexample.com/a"));
        assert!(web.is_filed("https://h.cn/example.com"));
    }
}
