//! Rules, for people.

use std::io::{self, Write};

use jumpqr::Rule;
use jumpqr::interface::ListedRule;

use super::{card, list};

/// The fields of a rule, with what the numbers mean.
pub(crate) fn rule_card(rule: &Rule) -> String {
    match rule {
        Rule::OrdinaryLink(rule) => card(&[
            ("prefix", Some(rule.prefix.clone())),
            ("path", Some(rule.path.clone())),
            ("open_version", Some(rule.open_version.to_string())),
            ("permit_sub_rule", Some(rule.permit_sub_rule.to_string())),
            (
                "debug_url",
                rule.debug_url.as_ref().map(|links| links.join("\n")),
            ),
        ]),
        Rule::ServiceAccount(rule) => card(&[
            ("prefix", Some(rule.prefix.clone())),
            ("appid", Some(rule.appid.clone())),
            ("path", Some(rule.path.clone())),
        ]),
    }
}

/// Rules as getJumpQRCode lists them; columns that are empty in each are left out.
pub(crate) fn print_listed_rules(out: &mut dyn Write, rules: &[ListedRule]) -> io::Result<()> {
    type Cell = fn(&ListedRule) -> Option<String>;
    let columns: [(&str, Cell); 6] = [
        ("prefix", |rule| Some(rule.prefix.clone())),
        ("path", |rule| rule.path.clone()),
        ("state", |rule| Some(rule.state?.to_string())),
        ("open_version", |rule| Some(rule.open_version?.to_string())),
        ("permit_sub_rule", |rule| {
            Some(rule.permit_sub_rule?.to_string())
        }),
        ("debug_url", |rule| {
            let links = rule.debug_url.as_ref()?;
            (!links.is_empty()).then(|| links.join("\n"))
        }),
    ];
    let used: Vec<_> = columns
        .iter()
        .filter(|(_, cell)| rules.iter().any(|rule| cell(rule).is_some()))
        .collect();
    let header: Vec<_> = used.iter().map(|(name, _)| *name).collect();
    let row = |rule| {
        let cells = used.iter().map(|(_, cell)| cell(rule).unwrap_or_default());
        cells.collect()
    };
    writeln!(out, "{}", list(&header, rules.iter().map(row)))
}
