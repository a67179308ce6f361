use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use crate::error::{Error, OwnCode, Result};
use crate::mapping::parse_rule;
use crate::matching::Candidate;
use crate::response::Fields;
use crate::rule::{OpenVersion, PermitSubRule, Rule, RuleState};

/// A rule as getJumpQRCode lists it, without white space around the texts and duplicate links.
/// WeChat may leave any field out.
///
/// It serialises to the wire names, without the fields that were left out.
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
    /// Which build a `debug_url` opens. Only in ordinary-link mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_version: Option<OpenVersion>,
    /// The test links. Only in ordinary-link mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_url: Option<Vec<String>>,
    /// Whether the rule occupies its sub-rules. Only in ordinary-link mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit_sub_rule: Option<PermitSubRule>,
}

impl ListedRule {
    /// Returns `None` if the entry has no prefix.
    pub(super) fn from_fields(entry: &Fields<'_>) -> Option<Self> {
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

    /// Returns the rule to be compared with links, see [`RuleSet`](crate::matching::RuleSet).
    #[must_use]
    pub fn candidate(&self) -> Candidate {
        let mut candidate = Candidate::new(&self.prefix);
        candidate.state = self.state;
        candidate.path.clone_from(&self.path);
        candidate.open_version = self.open_version;
        candidate.debug_url = self.debug_url.clone().unwrap_or_default();
        candidate.permit_sub_rule = self.permit_sub_rule;
        candidate
    }

    /// Returns for each field of `asked` whether this rule has the same value. `None` if WeChat
    /// left the field out.
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
                    (Some(listed), Some(asked)) => Some(have_same_links(listed, asked)),
                },
            ],
        }
    }
}

impl TryFrom<&ListedRule> for Rule {
    type Error = Error;

    /// Makes a rule from a listed rule, to be edited and sent back. It fails if WeChat left out a
    /// field that a rule needs. It always fails for a service account's rule, because the list has
    /// no `appid`: see [`ServiceAccountRule::new`](crate::ServiceAccountRule::new).
    ///
    /// ```
    /// # use jumpqr_core::{Error, Rule, interface::ListedRule};
    /// fn with_page(listed: &ListedRule, path: &str) -> Result<Rule, Error> {
    ///     let mut rule = Rule::try_from(listed)?;
    ///     if let Rule::OrdinaryLink(rule) = &mut rule {
    ///         rule.path = path.to_owned();
    ///     }
    ///     Ok(rule)
    /// }
    /// ```
    fn try_from(listed: &ListedRule) -> Result<Self> {
        let mapping = serde_json::to_value(listed)
            .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))?;
        Ok(parse_rule(&mapping)?.rule)
    }
}

/// Whether both lists have the same links, without regard to order and duplicates.
fn have_same_links(listed: &[String], asked: &[String]) -> bool {
    let asked: Vec<&str> = asked.iter().map(|link| link.trim()).collect();
    listed.iter().all(|link| asked.contains(&link.as_str()))
        && asked
            .iter()
            .all(|link| listed.iter().any(|known| known == link))
}
