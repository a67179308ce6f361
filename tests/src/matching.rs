//! `matching.json`: rules against links, and what follows from a prefix.

use serde::Deserialize;

use crate::VectorFile;

/// `matching.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Rules against a scanned link.
    pub matches: Vec<MatchVector>,
    /// Which rule bars other accounts from which prefix.
    pub occupations: Vec<OccupationVector>,
    /// Where the verification file belongs.
    pub verification_files: Vec<VerificationFileVector>,
    /// What the Mini Program is opened with.
    pub launch_queries: Vec<LaunchQueryVector>,
    /// The listed prefix that was meant.
    pub nearest_prefixes: Vec<NearestPrefixVector>,
}

/// Rules, and a scanned link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchVector {
    /// Unique in the file.
    pub name: String,
    /// The rules.
    pub rules: Vec<RuleVector>,
    /// The scanned link.
    pub link: String,
    /// The prefix of the rule that is hit.
    pub hit: Option<String>,
    /// The prefix of the published rule that the hit one shadows.
    pub shadowed: Option<String>,
    /// Whether the Mini Program opens for everybody.
    pub opens: bool,
    /// For each rule, why it does not cover the link; null where it does.
    pub reasons: Vec<Option<String>>,
}

/// A rule to be matched.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleVector {
    /// Its prefix.
    pub prefix: String,
    /// 1 not published, 2 published, null not known.
    pub state: Option<i64>,
}

/// A prefix, and another that another account would like to add.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupationVector {
    /// Unique in the file.
    pub name: String,
    /// The prefix of a rule with permit_sub_rule 2.
    pub prefix: String,
    /// What another account would like to add.
    pub other: String,
    /// Whether it may not.
    pub occupies: bool,
}

/// A prefix, and where its verification file belongs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationFileVector {
    /// Unique in the file.
    pub name: String,
    /// The rule's prefix.
    pub prefix: String,
    /// The name of the file.
    pub file_name: String,
    /// The URL under which WeChat looks for it; none where the prefix is not a link.
    pub location: Option<String>,
}

/// A scanned link, and what the Mini Program is opened with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaunchQueryVector {
    /// Unique in the file.
    pub name: String,
    /// The link.
    pub link: String,
    /// UNIX seconds.
    pub scancode_time: u64,
    /// The query.
    pub query: String,
}

/// A prefix that is not listed, and the listed one that was probably meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearestPrefixVector {
    /// Unique in the file.
    pub name: String,
    /// The prefix that is not listed.
    pub prefix: String,
    /// The listed prefixes.
    pub listed: Vec<String>,
    /// The one that was meant; none if none resembles it.
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
