//! Explains one link: a verdict, the reasons, and what to do next.

use std::time::{SystemTime, UNIX_EPOCH};

use jumpqr::OpenVersion;
use jumpqr::matching::{
    Candidate, LinkMatch, Mismatch, Obstacle, RuleSet, is_link, launch_query,
    undocumented_equivalence,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::next_steps::next_steps;
use crate::context::Context;
use crate::error::{CommandError, Problem};
use crate::exit::Exit;
use crate::judge::{Judge, Judged};
use crate::output::{
    BAD, CommandResult, GOOD, HEADING, NextStep, WARNING, escape, format_card, format_entries,
    format_hit, format_next_steps, group_digits,
};
use crate::rule_set_source::RuleSetSource;

/// How many of the rules that do not cover the link are printed without `--all`.
const MAX_SHOWN_MISSES: usize = 3;

pub(super) fn run(
    link: &str,
    source: &RuleSetSource,
    all: bool,
    context: &Context<'_>,
) -> CommandResult {
    // A text that is not a link hits no rule.
    if !is_link(link) {
        let problem = Problem {
            field: "link".to_owned(),
            code: Obstacle::NotALink.name(),
            message: Obstacle::NotALink.message().to_owned(),
        };
        return Err(CommandError::not_a_link(problem));
    }
    let rules = source.read(context)?;
    let judge = Judge::new(&rules);
    let judged = judge.judge(link);
    let found = &judged.found;
    let next = next_steps(link, &judged, &rules);
    let exit = if context.prints_json() {
        let missed: Vec<_> = judge
            .nearest(link)
            .map(|miss| Miss::new(miss, link))
            .collect();
        context.print(members(link, found, &rules, &missed, &next), "")
    } else {
        let shown = if let Some(hit) = found.hit {
            format_opening(link, hit, found)
        } else {
            let most = if all { usize::MAX } else { MAX_SHOWN_MISSES };
            format_misses(link, &judge, most, rules.rules().len())
        };
        let steps = match &*next {
            [] => String::new(),
            next => format!("\n\n{}", format_next_steps(next)),
        };
        context.print(
            Value::Null,
            &format!("{}\n{shown}{steps}", verdict(link, &judged)),
        )
    };
    let code = if found.opens() {
        Exit::Ok
    } else {
        Exit::Refused
    };
    Ok(if exit == Exit::Ok { code } else { exit })
}

fn members(
    link: &str,
    found: &LinkMatch<'_>,
    rules: &RuleSet,
    missed: &[Miss<'_>],
    next: &[NextStep],
) -> Value {
    let obstacles = found.obstacles.iter();
    let obstacles =
        obstacles.map(|obstacle| json!({"code": obstacle, "message": obstacle.message()}));
    json!({
        "link": link,
        "opens": found.opens(),
        "hit": found.hit,
        "shadowed": found.shadowed,
        "obstacles": obstacles.collect::<Vec<_>>(),
        "is_test_link": found.is_test_link,
        "opens_for_testers": found.opens_for_testers(),
        "test_version": found.test_version(),
        "query": found.opens().then(|| query(link)),
        "account": rules.account(),
        "rule_count": rules.rules().len(),
        "missed": missed,
        "next": next,
    })
}

/// A rule that does not cover the link.
#[derive(Serialize)]
struct Miss<'a> {
    prefix: &'a str,
    code: Mismatch,
    message: &'static str,
    /// Whether the rule would cover the link if WeChat ignored an undocumented difference.
    undocumented_equivalence: bool,
}

impl<'a> Miss<'a> {
    fn new((rule, mismatch): (&'a Candidate, Mismatch), link: &str) -> Self {
        Self {
            prefix: &rule.prefix,
            code: mismatch,
            message: mismatch.message(),
            undocumented_equivalence: undocumented_equivalence(&rule.prefix, link),
        }
    }
}

/// Says on one line whether the link opens.
fn verdict(link: &str, judged: &Judged<'_>) -> String {
    let link = escape(link);
    let found = &judged.found;
    if found.opens() {
        format!("{GOOD}Opens{GOOD:#} {link}")
    } else if found.opens_for_testers() {
        format!("{WARNING}Opens for testers only{WARNING:#}: {link}")
    } else if found.hit.is_none() {
        format!("{BAD}Does not open{BAD:#}: no rule covers {link}")
    } else {
        format!("{BAD}Does not open{BAD:#}: {link}")
    }
}

/// Formats the rule that the link hits, and what it opens for whom.
fn format_opening(link: &str, hit: &Candidate, found: &LinkMatch<'_>) -> String {
    let reasons = found.obstacles.iter().map(|obstacle| obstacle.message());
    let reasons = reasons.collect::<Vec<_>>().join("\n");
    let shadows = found.shadowed.map(|rule| {
        let shadowed = format_hit(rule);
        format!("{shadowed}, which would open the link")
    });
    format_card(&[
        ("hits", Some(format_hit(hit))),
        ("but", (!found.opens()).then_some(reasons)),
        ("shadows", shadows),
        ("testers", describe_testers(hit, found)),
        ("query", found.opens().then(|| query(link))),
    ])
}

/// Says what the Mini Program's testers see, if that is not what everybody sees.
fn describe_testers(hit: &Candidate, found: &LinkMatch<'_>) -> Option<String> {
    if !found.is_test_link {
        let reason = if found.obstacles != [Obstacle::NotPublished] {
            return None;
        } else if hit.is_service_account() {
            "nothing opens: rules of service accounts have no test links"
        } else {
            "nothing opens: the link is not one of the rule's test links (debug_url)"
        };
        return Some(reason.to_owned());
    }
    if !found.opens_for_testers() {
        return Some("nothing opens, although it is a test link".to_owned());
    }
    let who = match found.test_version() {
        Some(OpenVersion::Development) => "developers see the development build",
        Some(OpenVersion::Trial) => "administrators and experiencers see the trial build",
        Some(OpenVersion::Released) => {
            "developers, administrators and experiencers see the released build"
        }
        None => "which build opens is not known",
    };
    Some(format!("{who}: it is a test link"))
}

/// Returns the query that the Mini Program would get if the link were scanned now.
fn query(link: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    launch_query(link, now.map_or(0, |now| now.as_secs()))
}

/// Formats at most `most` of the rules that do not cover the link. There are `count`.
fn format_misses(link: &str, judge: &Judge<'_>, most: usize, count: usize) -> String {
    let (heading, rest) = match count.checked_sub(most) {
        _ if count == 0 => return "There are no rules.".to_owned(),
        None | Some(0) => ("Why each rule does not cover it".to_owned(), String::new()),
        Some(others) => (
            format!("The nearest {most} of {} rules", group_digits(count)),
            format!(
                "\n  {} others do not cover it either: --all prints every rule.",
                group_digits(others)
            ),
        ),
    };
    let misses = judge.nearest(link).take(most).map(|miss| {
        let miss = Miss::new(miss, link);
        let unless = if miss.undocumented_equivalence {
            " (unless WeChat ignores the difference, which is not documented)"
        } else {
            ""
        };
        (escape(miss.prefix), format!("{}{unless}", miss.message))
    });
    let misses = format_entries(misses);
    format!("\n{HEADING}{heading}{HEADING:#}\n{misses}{rest}")
}
