//! Formats rules for people.

use std::io::{self, Write};

use jumpqr::Rule;
use jumpqr::interface::ListedRule;

use super::{escape, format_card, format_table};

/// Formats the fields of a rule, with the meaning of each number.
pub(crate) fn format_rule(rule: &Rule) -> String {
    match rule {
        Rule::OrdinaryLink(rule) => format_card(&[
            ("prefix", Some(escape(&rule.prefix).into_owned())),
            ("path", Some(escape(&rule.path).into_owned())),
            ("open_version", Some(rule.open_version.to_string())),
            ("permit_sub_rule", Some(rule.permit_sub_rule.to_string())),
            ("debug_url", rule.debug_url.as_deref().map(join_lines)),
        ]),
        Rule::ServiceAccount(rule) => format_card(&[
            ("prefix", Some(escape(&rule.prefix).into_owned())),
            ("appid", Some(escape(&rule.appid).into_owned())),
            ("path", Some(escape(&rule.path).into_owned())),
        ]),
    }
}

fn join_lines(links: &[String]) -> String {
    let links: Vec<_> = links.iter().map(|link| escape(link)).collect();
    links.join("\n")
}

/// Prints the rules that getJumpQRCode lists. A column that is empty in all of them is left out.
pub(crate) fn print_listed_rules(out: &mut dyn Write, rules: &[ListedRule]) -> io::Result<()> {
    type Cell = fn(&ListedRule) -> Option<String>;
    let columns: [(&str, Cell); 6] = [
        ("prefix", |rule| Some(escape(&rule.prefix).into_owned())),
        ("path", |rule| {
            Some(escape(rule.path.as_deref()?).into_owned())
        }),
        ("state", |rule| Some(rule.state?.to_string())),
        ("open_version", |rule| Some(rule.open_version?.to_string())),
        ("permit_sub_rule", |rule| {
            Some(rule.permit_sub_rule?.to_string())
        }),
        ("debug_url", |rule| {
            let links = rule.debug_url.as_ref()?;
            (!links.is_empty()).then(|| join_lines(links))
        }),
    ];
    let filled: Vec<_> = columns
        .iter()
        .filter(|(_, cell)| rules.iter().any(|rule| cell(rule).is_some()))
        .collect();
    let header: Vec<_> = filled.iter().map(|(name, _)| *name).collect();
    let row = |rule| {
        let cells = filled
            .iter()
            .map(|(_, cell)| cell(rule).unwrap_or_default());
        cells.collect()
    };
    writeln!(out, "{}", format_table(&header, rules.iter().map(row)))
}
