//! Checks what a link opens, before its code is drawn.

use jumpqr::matching::{Candidate, LinkMatch, Obstacle, RuleSet};
use serde_json::{Value, json};

use crate::judge::Judge;
use crate::output::{BAD, GOOD, WARNING, format_hit};

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

    /// Formats the verdict on one line.
    pub(super) fn format(&self) -> String {
        let Some(found) = &self.0 else {
            return "Not checked against any rule".to_owned();
        };
        match (found.hit, self.obstacle()) {
            (_, Some(obstacle)) => format!("{BAD}Does not open{BAD:#}: {}", obstacle.message()),
            (None, None) => String::new(),
            (Some(hit), None) => {
                let good = if self.is_for_testers_only() {
                    WARNING
                } else {
                    GOOD
                };
                format!(
                    "{good}Hits{good:#} {}{}",
                    format_hit(hit),
                    self.format_limits()
                )
            }
        }
    }

    /// Formats what limits an opening.
    fn format_limits(&self) -> String {
        if !self.is_for_testers_only() {
            return String::new();
        }
        let version = self.0.as_ref().and_then(LinkMatch::test_version);
        let build = version.map_or_else(String::new, |version| {
            format!("the {} build, ", version.name())
        });
        format!(": a test link, which opens {build}for developers and testers only")
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
