//! Rules, for people.

use std::io::{self, Write};

use jumpqr::Rule;
use jumpqr::interface::ListedRule;

use super::{card, list, printable};

/// The fields of a rule, with what the numbers mean.
pub(crate) fn rule_card(rule: &Rule) -> String {
    match rule {
        Rule::OrdinaryLink(rule) => card(&[
            ("prefix", Some(printable(&rule.prefix).into_owned())),
            ("path", Some(printable(&rule.path).into_owned())),
            ("open_version", Some(rule.open_version.to_string())),
            ("permit_sub_rule", Some(rule.permit_sub_rule.to_string())),
            ("debug_url", rule.debug_url.as_deref().map(lines)),
        ]),
        Rule::ServiceAccount(rule) => card(&[
            ("prefix", Some(printable(&rule.prefix).into_owned())),
            ("appid", Some(printable(&rule.appid).into_owned())),
            ("path", Some(printable(&rule.path).into_owned())),
        ]),
    }
}

/// One link a line.
fn lines(links: &[String]) -> String {
    let links: Vec<_> = links.iter().map(|link| printable(link)).collect();
    links.join("\n")
}

/// Rules as getJumpQRCode lists them; columns that are empty in each are left out.
pub(crate) fn print_listed_rules(out: &mut dyn Write, rules: &[ListedRule]) -> io::Result<()> {
    type Cell = fn(&ListedRule) -> Option<String>;
    let columns: [(&str, Cell); 6] = [
        ("prefix", |rule| Some(printable(&rule.prefix).into_owned())),
        ("path", |rule| {
            Some(printable(rule.path.as_deref()?).into_owned())
        }),
        ("state", |rule| Some(rule.state?.to_string())),
        ("open_version", |rule| Some(rule.open_version?.to_string())),
        ("permit_sub_rule", |rule| {
            Some(rule.permit_sub_rule?.to_string())
        }),
        ("debug_url", |rule| {
            let links = rule.debug_url.as_ref()?;
            (!links.is_empty()).then(|| lines(links))
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
