//! The web as WeChat sees it when a rule is added: ICP filings, the blacklist, verification files.

use std::collections::{BTreeMap, BTreeSet};

use jumpqr_core::verification_file::location;
use serde::{Deserialize, Serialize};

use crate::account::Account;

/// What is wrong with the web outside. By default nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Web {
    /// Domains without ICP filing, subdomains included: 85076.
    pub not_filed: BTreeSet<String>,
    /// Prefixes on WeChat's blacklist, and everything that begins with them: 85070.
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

/// The host of a link, without user information and port.
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

/// The verification files that were placed, by account. One that was told of none has its file everywhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct VerificationFiles {
    by_account: BTreeMap<String, BTreeMap<String, String>>,
}

impl VerificationFiles {
    /// From now on, only these files of the account exist: URL → content.
    pub(crate) fn put(&mut self, appid: &str, files: BTreeMap<String, String>) {
        self.by_account.insert(appid.to_owned(), files);
    }

    /// From now on, the file of the account is everywhere.
    pub(crate) fn everywhere(&mut self, appid: &str) {
        self.by_account.remove(appid);
    }

    /// `None` where the file is everywhere.
    pub(crate) fn of(&self, appid: &str) -> Option<&BTreeMap<String, String>> {
        self.by_account.get(appid)
    }

    pub(crate) fn is_placed(&self, account: &Account, prefix: &str) -> bool {
        let Some(files) = self.of(&account.appid) else {
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
    fn a_filing_covers_subdomains_but_not_other_names_that_end_alike() {
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
