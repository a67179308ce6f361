//! Each vector of `matching.json`.

use std::collections::BTreeSet;
use std::fmt::Debug;

use jumpqr_core::check::{check_prefix, propose_prefix};
use jumpqr_core::mapping::parse_rule_set;
use jumpqr_core::matching::{
    Account, Candidate, Mismatch, Neighbours, Obstacle, covers, launch_query, nearest_prefix,
    occupies,
};
use jumpqr_core::verification_file::location;
use jumpqr_tests::matching::{MatchVector, Matching};
use jumpqr_tests::{count, load, report};
use serde_json::json;

fn check(vector: &MatchVector) -> Result<(), String> {
    let rules = parse_rule_set(&json!(vector.rules)).map_err(|error| error.to_string())?;
    let rules = rules.with_account(Account {
        qrcodejump_open: vector.qrcodejump_open,
        is_released: vector.is_released,
    });
    let found = rules.match_url(&vector.link);
    let reasons: Vec<Option<String>> = rules
        .explain(&vector.link)
        .map(|(_, covered)| covered.err().map(|mismatch| mismatch.name().to_owned()))
        .collect();
    let prefix = |rule: Option<&Candidate>| rule.map(|rule| rule.prefix.clone());
    compare("hit", &vector.hit, &prefix(found.hit))?;
    compare("shadowed", &vector.shadowed, &prefix(found.shadowed))?;
    compare("opens", &vector.opens, &found.opens())?;
    let obstacles = found.obstacles.iter().map(|obstacle| obstacle.name());
    compare(
        "obstacles",
        &vector.obstacles,
        &obstacles.map(str::to_owned).collect(),
    )?;
    compare(
        "opens_for_testers",
        &vector.opens_for_testers.unwrap_or(vector.opens),
        &found.opens_for_testers(),
    )?;
    let version = found.test_version().map(|version| version.number().into());
    compare("test_version", &vector.test_version, &version)?;
    compare("path", &vector.path.as_deref(), &found.path())?;
    compare("reasons", &vector.reasons, &reasons)
}

fn compare<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

#[test]
fn every_link_hits_its_rule() {
    let file: Matching = load().unwrap();
    let results = file.matches.iter().map(|v| (v.name.as_str(), check(v)));
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Matching>(run);
}

#[test]
fn a_proposed_prefix_covers_the_link_and_the_check_does_not_warn_of_it() {
    let file: Matching = load().unwrap();
    let mut proposals = 0;
    for MatchVector { rules, link, .. } in &file.matches {
        let rules = parse_rule_set(&json!(rules)).unwrap();
        let neighbours = Neighbours::new(rules.rules());
        let nearest = neighbours.nearest(link).next();
        let nearest = nearest.map(|(rule, reason)| (rule.prefix.as_str(), reason));
        let Some(prefix) = propose_prefix(link, nearest) else {
            continue;
        };
        assert_eq!(covers(&prefix, link), Ok(()), "{link}");
        // Rules for charging piles are made on the console, and service-account rules have a check
        // of their own.
        if prefix.starts_with("hlht://") || prefix.starts_with("http://weixin.qq.com/q/") {
            continue;
        }
        let report = check_prefix(&prefix);
        let findings = [report.violations, report.warnings].concat();
        assert!(findings.is_empty(), "{link} {prefix}: {findings:?}");
        proposals += 1;
    }
    assert!(proposals >= 40, "{proposals}");
}

#[test]
fn every_obstacle_occurs() {
    let file: Matching = load().unwrap();
    let obstacles = file.matches.iter().flat_map(|vector| &vector.obstacles);
    let used: BTreeSet<&str> = obstacles.map(String::as_str).collect();
    let known: BTreeSet<&str> = Obstacle::ALL.iter().map(|known| known.name()).collect();
    assert_eq!(used, known);
}

#[test]
fn every_reason_occurs() {
    let file: Matching = load().unwrap();
    let reasons = file.matches.iter().flat_map(|vector| &vector.reasons);
    let used: BTreeSet<&str> = reasons.flatten().map(String::as_str).collect();
    let known: BTreeSet<&str> = Mismatch::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(used, known);
}

#[test]
fn a_prefix_occupies_what_begins_with_it() {
    let file: Matching = load().unwrap();
    let results = file.occupations.iter().map(|vector| {
        let found = occupies(&vector.prefix, &vector.other);
        (
            vector.name.as_str(),
            compare("occupies", &vector.occupies, &found),
        )
    });
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Matching>(run);
}

#[test]
fn every_verification_file_has_its_location() {
    let file: Matching = load().unwrap();
    let results = file.verification_files.iter().map(|vector| {
        let found = location(&vector.prefix, &vector.file_name);
        (
            vector.name.as_str(),
            compare("location", &vector.location, &found),
        )
    });
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Matching>(run);
}

#[test]
fn the_launch_query_contains_the_whole_link() {
    let file: Matching = load().unwrap();
    let results = file.launch_queries.iter().map(|vector| {
        let found = launch_query(&vector.link, vector.scancode_time);
        (
            vector.name.as_str(),
            compare("query", &vector.query, &found),
        )
    });
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Matching>(run);
}

#[test]
fn the_nearest_prefix_is_found() {
    let file: Matching = load().unwrap();
    let results = file.nearest_prefixes.iter().map(|vector| {
        let listed = vector.listed.iter().map(String::as_str);
        let found = nearest_prefix(&vector.prefix, listed).map(str::to_owned);
        (
            vector.name.as_str(),
            compare("nearest", &vector.nearest, &found),
        )
    });
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Matching>(run);
}
