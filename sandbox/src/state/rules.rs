//! The rules of all accounts, and how many they have published.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jumpqr_core::matching::occupies;
use jumpqr_core::rule::{OpenVersion, PermitSubRule, RuleState};
use serde::Serialize;

/// A rule of the sandbox.
///
/// It serialises to an entry in the response of getJumpQRCode. In service-account mode, the entry
/// also has the appid of the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredRule {
    /// The prefix, kept byte for byte.
    pub prefix: String,
    /// The Mini Program page.
    pub path: String,
    /// Whether it is published.
    pub state: RuleState,
    /// The fields of its mode.
    #[serde(flatten)]
    pub mode: StoredMode,
    /// Whether it is damaged on WeChat's side: publishing gets 40097, and deleting gets "ok" but
    /// does nothing. Source: reports of developers.
    #[serde(skip)]
    pub damaged: bool,
}

/// The fields that only rules of one mode have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum StoredMode {
    /// An ordinary link QR code opens the Mini Program.
    OrdinaryLink {
        /// The build of the Mini Program that a `debug_url` opens.
        open_version: OpenVersion,
        /// Whether it occupies its sub-rules.
        permit_sub_rule: PermitSubRule,
        /// Its test links.
        debug_url: Vec<String>,
    },
    /// A service account's QR code opens the Mini Program.
    ServiceAccount {
        /// The Mini Program.
        appid: String,
    },
}

impl StoredRule {
    /// Returns the appid of the Mini Program in a service-account rule.
    #[must_use]
    pub fn appid(&self) -> Option<&str> {
        match &self.mode {
            StoredMode::ServiceAccount { appid } => Some(appid),
            StoredMode::OrdinaryLink { .. } => None,
        }
    }

    /// Whether this rule blocks other accounts from adding a rule with this prefix. An identical
    /// prefix is always blocked, with any `permit_sub_rule`. That is undocumented, but a code opens
    /// one Mini Program only.
    fn blocks(&self, prefix: &str) -> bool {
        let occupies_sub_rules = matches!(
            self.mode,
            StoredMode::OrdinaryLink {
                permit_sub_rule: PermitSubRule::Occupied,
                ..
            }
        );
        self.prefix == prefix || (occupies_sub_rules && occupies(&self.prefix, prefix))
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct RuleBook {
    by_account: BTreeMap<String, IndexMap<String, StoredRule>>,
}

impl RuleBook {
    /// Returns the rules of an account in the order of adding.
    pub(crate) fn list(&self, account: &str) -> impl DoubleEndedIterator<Item = &StoredRule> {
        self.by_account
            .get(account)
            .into_iter()
            .flat_map(IndexMap::values)
    }

    pub(crate) fn find(&self, account: &str, prefix: &str) -> Option<&StoredRule> {
        self.by_account.get(account)?.get(prefix)
    }

    pub(crate) fn find_mut(&mut self, account: &str, prefix: &str) -> Option<&mut StoredRule> {
        self.by_account.get_mut(account)?.get_mut(prefix)
    }

    /// Adds a rule, or replaces the rule with the same prefix.
    pub(crate) fn put(&mut self, account: &str, rule: StoredRule) {
        self.by_account
            .entry(account.to_owned())
            .or_default()
            .insert(rule.prefix.clone(), rule);
    }

    pub(crate) fn remove(&mut self, account: &str, prefix: &str) {
        if let Some(rules) = self.by_account.get_mut(account) {
            rules.shift_remove(prefix);
        }
    }

    pub(crate) fn remove_all(&mut self, account: &str) -> usize {
        self.by_account
            .remove(account)
            .map_or(0, |rules| rules.len())
    }

    /// Whether the rules of other accounts block `account` from adding `prefix`.
    pub(crate) fn is_blocked_by_other(&self, account: &str, prefix: &str) -> bool {
        self.by_account
            .iter()
            .filter(|(owner, _)| *owner != account)
            .flat_map(|(_, rules)| rules.values())
            .any(|rule| rule.blocks(prefix))
    }
}
