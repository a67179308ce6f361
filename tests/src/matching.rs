//! `matching.json`: rules and links, and the functions of a prefix.

use serde::{Deserialize, Serialize};

use crate::VectorFile;

/// `matching.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Rules and a scanned link.
    pub matches: Vec<MatchVector>,
    /// Whether a rule keeps other accounts from a prefix.
    pub occupations: Vec<OccupationVector>,
    /// The location of the verification file.
    pub verification_files: Vec<VerificationFileVector>,
    /// The query with which the Mini Program is opened.
    pub launch_queries: Vec<LaunchQueryVector>,
    /// The listed prefix that is most similar.
    pub nearest_prefixes: Vec<NearestPrefixVector>,
}

/// Rules and a scanned link, and which rule the link hits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchVector {
    /// Unique in the file.
    pub name: String,
    /// The rules.
    pub rules: Vec<RuleVector>,
    /// Whether opening by QR code is switched on; null not known.
    pub qrcodejump_open: Option<bool>,
    /// Whether the Mini Program has released code; null not known.
    pub is_released: Option<bool>,
    /// The scanned link.
    pub link: String,
    /// The prefix of the rule that is hit.
    pub hit: Option<String>,
    /// The prefix of the published rule that is shadowed by the hit rule.
    pub shadowed: Option<String>,
    /// Whether the Mini Program opens for everybody.
    pub opens: bool,
    /// Why it does not.
    pub obstacles: Vec<String>,
    /// Whether it opens for testers; null if `opens` says it too.
    pub opens_for_testers: Option<bool>,
    /// The build that testers see if the link is a test link.
    pub test_version: Option<i64>,
    /// The page of the rule that is hit.
    pub path: Option<String>,
    /// For each rule, the reason why it does not cover the link; null if it covers the link.
    pub reasons: Vec<Option<String>>,
}

/// A rule to be matched.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleVector {
    /// The prefix of the rule.
    pub prefix: String,
    /// The state: 1 unpublished, 2 published, null not known.
    pub state: Option<i64>,
    /// The page.
    pub path: Option<String>,
    /// The build that a test link opens.
    pub open_version: Option<i64>,
    /// The test links.
    pub debug_url: Option<Vec<String>>,
}

/// A rule, and a prefix that another account wants to add.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupationVector {
    /// Unique in the file.
    pub name: String,
    /// The prefix of a rule with permit_sub_rule 2.
    pub prefix: String,
    /// The prefix that another account wants to add.
    pub other: String,
    /// Whether the rule forbids this.
    pub occupies: bool,
}

/// A prefix, and the location of its verification file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationFileVector {
    /// Unique in the file.
    pub name: String,
    /// The rule's prefix.
    pub prefix: String,
    /// The name of the file.
    pub file_name: String,
    /// The URL under which WeChat looks for the file; null if the prefix is not a link.
    pub location: Option<String>,
}

/// A scanned link, and the query with which the Mini Program is opened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaunchQueryVector {
    /// Unique in the file.
    pub name: String,
    /// The link.
    pub link: String,
    /// The time of the scan, in UNIX seconds.
    pub scancode_time: u64,
    /// The query.
    pub query: String,
}

/// A prefix that is not listed, and the most similar listed prefix.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearestPrefixVector {
    /// Unique in the file.
    pub name: String,
    /// The prefix that is not listed.
    pub prefix: String,
    /// The listed prefixes.
    pub listed: Vec<String>,
    /// The most similar listed prefix; null if no prefix is similar.
    pub nearest: Option<String>,
}

impl VectorFile for Matching {
    const FILE: &'static str = "matching.json";

    fn names(&self) -> Vec<&str> {
        let matches = self.matches.iter().map(|v| v.name.as_str());
        let occupations = self.occupations.iter().map(|v| v.name.as_str());
        let files = self.verification_files.iter().map(|v| v.name.as_str());
        let nearest = self.nearest_prefixes.iter().map(|v| v.name.as_str());
        let queries = self.launch_queries.iter().map(|v| v.name.as_str());
        matches
            .chain(occupations)
            .chain(files)
            .chain(queries)
            .chain(nearest)
            .collect()
    }
}
