//! Checks what a link opens, before its code is drawn.

use jumpqr::matching::{Candidate, LinkMatch, Obstacle, RuleSet};
use serde_json::{Value, json};

use crate::judge::Judge;
use crate::output::{BAD, GOOD, WARNING, format_hit};

pub(super) const NOT_CHECKED: &str = "Not checked against any rule";

/// What links are checked against. Without rules, nothing is checked.
pub(super) struct Checker<'r> {
    judge: Option<Judge<'r>>,
}

impl<'r> Checker<'r> {
    pub(super) fn new(rules: Option<&'r RuleSet>) -> Self {
        Self {
            judge: rules.map(Judge::new),
        }
    }

    pub(super) fn check(&self, link: &str) -> Opening<'r> {
        Opening(self.judge.as_ref().map(|judge| judge.find(link)))
    }

    /// Says why a link opens for nobody: the first obstacle, with the nearest rule if none covers
    /// the link.
    pub(super) fn explain(&self, link: &str, obstacle: Obstacle) -> String {
        let nearest = match &self.judge {
            Some(judge) if obstacle == Obstacle::NoRule => judge.nearest(link).next(),
            _ => None,
        };
        match nearest {
            Some((rule, mismatch)) => format!(
                "no rule covers the link; the nearest is {}: {}",
                rule.prefix,
                mismatch.message()
            ),
            None => obstacle.message().to_owned(),
        }
    }
}

/// What a link opens, if it was checked.
pub(super) struct Opening<'a>(Option<LinkMatch<'a>>);

impl<'a> Opening<'a> {
    /// Returns the rule that the link hits.
    pub(super) fn hit(&self) -> Option<&'a Candidate> {
        self.0.as_ref()?.hit
    }

    /// Whether the link was checked.
    pub(super) fn is_checked(&self) -> bool {
        self.0.is_some()
    }

    /// Returns why the link opens for nobody, not even for testers. `None` if it opens, or was not
    /// checked.
    pub(super) fn obstacle(&self) -> Option<Obstacle> {
        let found = self.0.as_ref()?;
        if found.opens_for_testers() {
            return None;
        }
        found.obstacles.first().copied()
    }

    /// Whether the link opens for testers only.
    pub(super) fn is_for_testers_only(&self) -> bool {
        let found = self.0.as_ref();
        found.is_some_and(|found| !found.opens() && found.opens_for_testers())
    }

    /// Formats the verdict, without a line break at the end.
    pub(super) fn format(&self) -> String {
        let Some(found) = &self.0 else {
            return NOT_CHECKED.to_owned();
        };
        if let Some(obstacle) = self.obstacle() {
            return format!("{BAD}Does not open{BAD:#}: {}", obstacle.message());
        }
        let rule = found.hit.map_or_else(String::new, format_hit);
        if !self.is_for_testers_only() {
            return format!("{GOOD}Hits{GOOD:#} {rule}");
        }
        let build = found.test_version().map_or_else(String::new, |version| {
            format!(", which opens the {} build", version.name())
        });
        format!(
            "{WARNING}Hits{WARNING:#} {rule}\n\
             {WARNING}Opens for developers and testers only{WARNING:#}: a test link{build}"
        )
    }

    /// Returns the members of the verdict for `--json`.
    pub(super) fn members(&self) -> [(&'static str, Value); 5] {
        let found = self.0.as_ref();
        [
            ("checked", json!(found.is_some())),
            ("opens", json!(found.map(LinkMatch::opens))),
            (
                "opens_for_testers",
                json!(found.map(LinkMatch::opens_for_testers)),
            ),
            ("hit", json!(self.hit())),
            ("obstacles", json!(found.map(|found| &found.obstacles))),
        ]
    }
}
