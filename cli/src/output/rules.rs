//! Formats rules for people.

use jumpqr::Rule;
use jumpqr::interface::ListedRule;
use jumpqr::matching::Candidate;

use super::{escape, format_card, format_table};

/// Formats the fields of a rule, with the meaning of each number.
pub(crate) fn format_rule(rule: &Rule) -> String {
    match rule {
        Rule::OrdinaryLink(rule) => format_card(&[
            ("prefix", Some(escape(&rule.prefix))),
            ("path", Some(escape(&rule.path))),
            ("open_version", Some(rule.open_version.to_string())),
            ("permit_sub_rule", Some(rule.permit_sub_rule.to_string())),
            ("debug_url", rule.debug_url.as_deref().map(join_lines)),
        ]),
        Rule::ServiceAccount(rule) => format_card(&[
            ("prefix", Some(escape(&rule.prefix))),
            ("appid", Some(escape(&rule.appid))),
            ("path", Some(escape(&rule.path))),
        ]),
    }
}

/// Formats on one line which rule a link hits, the page that it opens, and the rule's state.
pub(crate) fn format_hit(rule: &Candidate) -> String {
    let page = rule.path.as_deref();
    let page = page.map_or_else(String::new, |path| format!(" → {}", escape(path)));
    let state = match rule.state {
        Some(state) => state.name(),
        None => "state not given: counts as published",
    };
    format!("{}{page} ({state})", escape(&rule.prefix))
}

fn join_lines(links: &[String]) -> String {
    let links: Vec<_> = links.iter().map(|link| escape(link)).collect();
    links.join("\n")
}

/// Formats the rules that getJumpQRCode lists. A column that is empty in all of them is left out.
pub(crate) fn format_listed_rules(rules: &[ListedRule]) -> String {
    type Cell = fn(&ListedRule) -> Option<String>;
    let columns: [(&str, Cell); 6] = [
        ("prefix", |rule| Some(escape(&rule.prefix))),
        ("path", |rule| rule.path.as_deref().map(escape)),
        ("state", |rule| Some(rule.state?.to_string())),
        ("open_version", |rule| Some(rule.open_version?.to_string())),
        ("permit_sub_rule", |rule| {
            Some(rule.permit_sub_rule?.to_string())
        }),
        ("debug_url", |rule| {
            let links = rule.debug_url.as_deref()?;
            (!links.is_empty()).then(|| join_lines(links))
        }),
    ];
    let (header, cells): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .filter(|(_, cell)| rules.iter().any(|rule| cell(rule).is_some()))
        .unzip();
    let row = |rule| {
        let cells = cells.iter().map(|cell| cell(rule).unwrap_or_default());
        cells.collect()
    };
    format_table(&header, rules.iter().map(row))
}
