use serde::Serialize;

use crate::matching::Candidate;
use crate::response::Fields;
use crate::rule::{OpenVersion, PermitSubRule, Rule, RuleState};

/// A rule as getJumpQRCode lists it: tidied of stray spaces and duplicates, and with any field missing that WeChat left out.
///
/// It serialises to the wire names, without the fields that are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListedRule {
    /// The rule's prefix.
    pub prefix: String,
    /// The Mini Program page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<RuleState>,
    /// Which build a `debug_url` opens; ordinary-link mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_version: Option<OpenVersion>,
    /// The test links; ordinary-link mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_url: Option<Vec<String>>,
    /// Whether the rule occupies its sub-rules; ordinary-link mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit_sub_rule: Option<PermitSubRule>,
}

impl ListedRule {
    /// `None` for an entry without a prefix.
    pub(super) fn from_object(entry: &Fields) -> Option<Self> {
        Some(Self {
            prefix: entry.text("prefix")?,
            path: entry.text("path"),
            state: entry.number("state").and_then(RuleState::from_number),
            open_version: entry
                .number("open_version")
                .and_then(OpenVersion::from_number),
            debug_url: entry.texts("debug_url"),
            permit_sub_rule: entry
                .number("permit_sub_rule")
                .and_then(PermitSubRule::from_number),
        })
    }

    /// What [`RuleSet`](crate::matching::RuleSet) needs of it.
    #[must_use]
    pub fn candidate(&self) -> Candidate {
        Candidate {
            prefix: self.prefix.clone(),
            state: self.state,
        }
    }

    /// For each field that `asked` has, whether this rule has the same; `None` where this rule does not say.
    pub(super) fn compare(&self, asked: &Rule) -> Vec<Option<bool>> {
        let path = self.path.as_ref().map(|path| path == asked.path().trim());
        match asked {
            Rule::ServiceAccount(_) => vec![path],
            Rule::OrdinaryLink(asked) => vec![
                path,
                self.open_version
                    .map(|version| version == asked.open_version),
                self.permit_sub_rule
                    .map(|permit| permit == asked.permit_sub_rule),
                match (&self.debug_url, &asked.debug_url) {
                    (_, None) => Some(true),
                    (None, Some(asked)) => asked.is_empty().then_some(true),
                    (Some(listed), Some(asked)) => Some(same_links(listed, asked)),
                },
            ],
        }
    }
}

/// Whether both have the same links, in any order and number.
fn same_links(listed: &[String], asked: &[String]) -> bool {
    let asked: Vec<&str> = asked.iter().map(|link| link.trim()).collect();
    listed.iter().all(|link| asked.contains(&link.as_str()))
        && asked
            .iter()
            .all(|link| listed.iter().any(|known| known == link))
}
