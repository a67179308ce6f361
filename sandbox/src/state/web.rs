//! What WeChat looks up when a rule is added: ICP filings and the blacklist.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

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
    let (_, after_scheme) = link.split_once("://").unwrap_or(("", link));
    let mut parts = after_scheme.split(['/', '?', '#']);
    let authority = parts.next().unwrap_or_default();
    let (_, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    host_port.split(':').next().unwrap_or_default()
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
