//! Compares many rules with one link, through an index: the cost of a look-up grows with the length
//! of the link, not with the number of rules.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::cover::{Mismatch, covers};
use super::{Account, Candidate, LinkMatch, Obstacle};
use crate::link::{Link, is_link};
use crate::rule::RuleState;

/// An index over many rules.
///
/// It cannot be changed, so any number of threads may share it.
///
/// ```
/// use jumpqr_core::matching::{Candidate, RuleSet};
/// use jumpqr_core::rule::RuleState;
///
/// let rules = RuleSet::new([
///     Candidate::new("https://www.qq.com/a/").state(RuleState::Published),
///     Candidate::new("https://www.qq.com/a/b").state(RuleState::Unpublished),
/// ]);
/// let found = rules.match_url("https://www.qq.com/a/b");
/// assert!(!found.opens());
/// assert_eq!(found.hit.unwrap().prefix, "https://www.qq.com/a/b");
/// assert_eq!(found.shadowed.unwrap().prefix, "https://www.qq.com/a/");
/// ```
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Candidate>,
    account: Account,
    by_base: BTreeMap<String, Bucket>,
    /// The lengths of the bases, in bytes. Only bases of these lengths are looked up, however many
    /// folders a link has.
    base_lengths: BTreeSet<usize>,
}

/// Rules that differ only in their query.
#[derive(Debug, Clone, Default)]
struct Bucket {
    by_query: BTreeMap<String, usize>,
    /// The lengths of the queries, in bytes. Only queries of these lengths are looked up.
    lengths: BTreeSet<usize>,
}

impl RuleSet {
    /// Indexes `rules`. If two rules have the same prefix, the published one is used.
    pub fn new(rules: impl IntoIterator<Item = Candidate>) -> Self {
        let mut set = Self::default();
        for rule in rules {
            set.insert(rule);
        }
        set
    }

    /// Sets what is known of the account that has the rules.
    #[must_use]
    pub fn with_account(mut self, account: Account) -> Self {
        self.account = account;
        self
    }

    /// Returns what is known of the account. If a rule is published, the Mini Program has released
    /// code, unless [`with_account`](Self::with_account) says that it has none.
    #[must_use]
    pub fn account(&self) -> Account {
        let is_published = |rule: &Candidate| rule.state == Some(RuleState::Published);
        let proven = || self.rules.iter().any(is_published).then_some(true);
        Account {
            is_released: self.account.is_released.or_else(proven),
            ..self.account
        }
    }

    fn insert(&mut self, rule: Candidate) {
        let index = self.rules.len();
        if let Some(link) = Link::cut_scanned(&rule.prefix) {
            self.base_lengths.insert(link.base.len());
            let bucket = self.by_base.entry(link.base.to_owned()).or_default();
            let query = link.query_text();
            let known = bucket
                .by_query
                .get(query)
                .and_then(|&known| self.rules.get(known));
            if known.is_none_or(|known| !known.is_effective()) {
                bucket.lengths.insert(query.len());
                bucket.by_query.insert(query.to_owned(), index);
            }
        }
        self.rules.push(rule);
    }

    /// Returns the rules, in the order in which they were given.
    #[must_use]
    pub fn rules(&self) -> &[Candidate] {
        &self.rules
    }

    /// Finds the rule that a scanned `link` hits, and judges what the link opens.
    #[must_use]
    pub fn match_url(&self, link: &str) -> LinkMatch<'_> {
        let mut covering = self.covering(link);
        let Some(hit) = covering.next() else {
            let reason = if is_link(link) {
                Obstacle::NoRule
            } else {
                Obstacle::NotALink
            };
            return LinkMatch::without_rule(reason, self.account);
        };
        let shadowed = if hit.is_effective() {
            None
        } else {
            covering.find(|rule| rule.is_effective())
        };
        LinkMatch::of_rule(link, hit, shadowed, self.account)
    }

    /// Returns for each rule, in the order given, why it does not cover `link`, or `Ok` if it does.
    pub fn explain<'a>(
        &'a self,
        link: &'a str,
    ) -> impl Iterator<Item = (&'a Candidate, Result<(), Mismatch>)> {
        self.rules
            .iter()
            .map(move |rule| (rule, covers(&rule.prefix, link)))
    }

    /// Returns the rules that cover `link`, the most specific first.
    fn covering<'r: 'l, 'l>(
        &'r self,
        link: &'l str,
    ) -> impl Iterator<Item = &'r Candidate> + use<'r, 'l> {
        Link::cut_scanned(link).into_iter().flat_map(move |link| {
            let same_path = self
                .by_base
                .get(link.base)
                .into_iter()
                .flat_map(move |bucket| bucket.longest_first(link.query_text()));
            let above = ancestors(link)
                .filter(|base| self.base_lengths.contains(&base.len()))
                .filter_map(|base| self.by_base.get(base)?.by_query.get("").copied());
            same_path
                .chain(above)
                .filter_map(|index| self.rules.get(index))
        })
    }
}

impl Bucket {
    /// Returns the rules whose query is the beginning of `query`, the longest first.
    fn longest_first<'r: 'l, 'l>(
        &'r self,
        query: &'l str,
    ) -> impl Iterator<Item = usize> + use<'r, 'l> {
        self.lengths
            .range(..=query.len())
            .rev()
            .filter_map(|&length| self.by_query.get(query.get(..length)?).copied())
    }
}

/// Returns the bases above the link's own that end with `/`, the longest first.
fn ancestors(link: Link<'_>) -> impl Iterator<Item = &str> {
    let path_start = link.base.len() - link.path.len();
    let own = link.base;
    core::iter::successors(Some(own), move |base| {
        let inner = base.strip_suffix('/').unwrap_or(base);
        let end = inner.rfind('/')?;
        (end >= path_start).then(|| base.get(..=end)).flatten()
    })
    .skip(1)
}
