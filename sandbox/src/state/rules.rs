//! The rules of all accounts, and what they have published.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use jumpqr_core::matching::occupies;
use jumpqr_core::rule::{OpenVersion, PermitSubRule, RuleState};
use serde::Serialize;

use crate::clock::{Moment, month};

/// A rule as the sandbox keeps it.
///
/// It serialises to what getJumpQRCode lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredRule {
    /// The prefix, byte for byte as it was sent.
    pub prefix: String,
    /// The Mini Program page.
    pub path: String,
    /// Whether it is published.
    #[serde(serialize_with = "as_number")]
    pub state: RuleState,
    /// What only rules of its mode have.
    #[serde(flatten)]
    pub mode: StoredMode,
    /// Whether it is damaged on WeChat's side: publishing is answered with 40097, deleting says ok and does nothing, as
    /// developers report.
    #[serde(skip)]
    pub damaged: bool,
}

/// What only rules of one mode have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum StoredMode {
    /// An ordinary link QR code opens the Mini Program.
    OrdinaryLink {
        /// Which build a `debug_url` opens.
        open_version: OpenVersion,
        /// Whether it occupies its sub-rules.
        permit_sub_rule: PermitSubRule,
        /// Its test links.
        debug_url: Vec<String>,
    },
    /// A service account's QR code opens the Mini Program.
    ServiceAccount {
        /// The Mini Program.
        #[serde(skip)]
        appid: String,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn as_number<S: serde::Serializer>(state: &RuleState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(state.number())
}

impl StoredRule {
    /// The Mini Program of a service-account rule.
    #[must_use]
    pub fn appid(&self) -> Option<&str> {
        match &self.mode {
            StoredMode::ServiceAccount { appid } => Some(appid),
            StoredMode::OrdinaryLink { .. } => None,
        }
    }

    /// Whether the account that holds this rule bars others from adding a rule `prefix`. That identical rules of two
    /// accounts exclude each other whatever `permit_sub_rule` says is documented nowhere, but a code opens one Mini Program.
    fn bars(&self, prefix: &str) -> bool {
        match &self.mode {
            StoredMode::OrdinaryLink {
                permit_sub_rule, ..
            } => {
                self.prefix == prefix
                    || (*permit_sub_rule == PermitSubRule::Occupied
                        && occupies(&self.prefix, prefix))
            }
            StoredMode::ServiceAccount { .. } => self.prefix == prefix,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct RuleBook {
    by_account: BTreeMap<String, IndexMap<String, StoredRule>>,
    published: HashMap<String, (i64, u32)>,
}

impl RuleBook {
    /// The rules of an account, in the order in which they were added.
    pub(crate) fn of(&self, account: &str) -> impl DoubleEndedIterator<Item = &StoredRule> {
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

    /// Adds a rule, or puts it in the place of the one with the same prefix.
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

    /// Whether an account other than `account` bars it from adding `prefix`.
    pub(crate) fn is_owned_by_other(&self, account: &str, prefix: &str) -> bool {
        self.by_account
            .iter()
            .filter(|(owner, _)| *owner != account)
            .flat_map(|(_, rules)| rules.values())
            .any(|rule| rule.bars(prefix))
    }

    /// How often the account has published in this month.
    pub(crate) fn published(&self, account: &str, now: Moment) -> u32 {
        match self.published.get(account) {
            Some((in_month, count)) if *in_month == month(now) => *count,
            _ => 0,
        }
    }

    pub(crate) fn count_publish(&mut self, account: &str, now: Moment) {
        let count = self.published(account, now) + 1;
        self.published
            .insert(account.to_owned(), (month(now), count));
    }
}
