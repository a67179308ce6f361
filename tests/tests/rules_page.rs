//! `docs/rules.md` explains every warning.

use jumpqr_core::check::FindingCode;

#[test]
fn the_page_has_every_warning_in_the_order_of_the_core() {
    let page = include_str!("../../docs/rules.md");
    let (_, section) = page.split_once("\n## Warnings\n").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    let warnings = FindingCode::ALL.iter().filter(|code| code.is_warning());
    let known: Vec<_> = warnings.map(|code| code.name()).collect();
    assert_eq!(listed, known);
}
