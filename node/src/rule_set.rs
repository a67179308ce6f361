use jumpqr::mapping::parse_rule_set;
use jumpqr::matching::Candidate;
use napi_derive::napi;
use serde_json::{Value, json};

use crate::guard::{from_json, guard, to_json};

/// An index over rules.
#[napi]
pub struct RuleSet {
    rules: jumpqr::matching::RuleSet,
}

#[napi]
impl RuleSet {
    /// Indexes rules, in JSON.
    #[napi(constructor)]
    pub fn new(rules: String) -> napi::Result<Self> {
        guard(|| {
            let rules = parse_rule_set(&from_json(&rules)?)?;
            Ok(Self { rules })
        })
    }

    /// Returns the number of rules.
    #[napi]
    pub fn size(&self) -> napi::Result<u32> {
        guard(|| Ok(u32::try_from(self.rules.rules().len()).unwrap_or(u32::MAX)))
    }

    /// Returns what a scanned link hits, in JSON.
    #[napi]
    pub fn match_url(&self, link: String) -> napi::Result<String> {
        guard(|| {
            let found = self.rules.match_url(&link);
            let prefix = |rule: Option<&Candidate>| rule.map(|rule| rule.prefix.clone());
            let obstacles = found.obstacles.iter();
            let obstacles = obstacles
                .map(|obstacle| json!({"code": obstacle.name(), "message": obstacle.message()}));
            to_json(&json!({
                "hit": prefix(found.hit),
                "shadowed": prefix(found.shadowed),
                "opens": found.opens(),
                "obstacles": obstacles.collect::<Vec<_>>(),
                "opensForTesters": found.opens_for_testers(),
                "testVersion": found.test_version(),
                "path": found.path(),
            }))
        })
    }

    /// Returns why each rule does not cover the link, in JSON; null for a rule that does.
    #[napi]
    pub fn explain(&self, link: String) -> napi::Result<String> {
        guard(|| {
            let reasons = self.rules.explain(&link).map(|(_, covered)| {
                let reason = covered.err()?;
                Some(json!({"code": reason.name(), "message": reason.message()}))
            });
            to_json(&reasons.collect::<Vec<Option<Value>>>())
        })
    }
}
