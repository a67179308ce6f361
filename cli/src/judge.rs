//! Judges links against the rules of an account: what each opens, and if it does not, why.

use std::sync::OnceLock;

use jumpqr::matching::{Candidate, LinkMatch, Mismatch, Neighbours, Obstacle, RuleSet};

/// The rules, with the index of the nearest ones once it is needed.
pub(crate) struct Judge<'r> {
    rules: &'r RuleSet,
    neighbours: OnceLock<Neighbours<'r>>,
}

/// What a link opens, and if no rule covers it, the nearest rule.
pub(crate) struct Judged<'r> {
    pub(crate) found: LinkMatch<'r>,
    pub(crate) nearest: Option<(&'r Candidate, Mismatch)>,
}

/// The first reason why a link does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reason {
    /// The stable name of an obstacle or, if no rule covers the link, of what the nearest rule lacks.
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl<'r> Judge<'r> {
    pub(crate) fn new(rules: &'r RuleSet) -> Self {
        Self {
            rules,
            neighbours: OnceLock::new(),
        }
    }

    /// Returns the rule that the link hits, and what it opens.
    pub(crate) fn find(&self, link: &str) -> LinkMatch<'r> {
        self.rules.match_url(link)
    }

    pub(crate) fn judge(&self, link: &str) -> Judged<'r> {
        let found = self.find(link);
        // Any rule is as far as any other from a text that is not a link.
        let nearest = match found.obstacles.first() {
            Some(Obstacle::NoRule) => self.nearest(link).next(),
            _ => None,
        };
        Judged { found, nearest }
    }

    /// Returns the rules that do not cover the link, each with the reason, the nearest first.
    pub(crate) fn nearest<'s>(
        &'s self,
        link: &'s str,
    ) -> impl Iterator<Item = (&'r Candidate, Mismatch)> + use<'s, 'r> {
        let neighbours = self
            .neighbours
            .get_or_init(|| Neighbours::new(self.rules.rules()));
        neighbours.nearest(link)
    }
}

impl Judged<'_> {
    /// Returns why the link does not open; `None` if it opens.
    pub(crate) fn reason(&self) -> Option<Reason> {
        let obstacle = self.found.obstacles.first()?;
        let (code, message) = match self.nearest {
            Some((_, mismatch)) => (mismatch.name(), mismatch.message()),
            None => (obstacle.name(), obstacle.message()),
        };
        Some(Reason { code, message })
    }
}
