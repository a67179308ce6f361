//! Tables. A URL is never broken: it is copied out of the terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets};
use terminal_size::terminal_size_of;

use super::text::printable_lines;

/// A text is wrapped to no less than this, in columns of the terminal.
const NARROWEST_TEXT: usize = 24;

/// Names and values, one pair a line, indented. A value that is `None` is left out.
pub(crate) fn card(rows: &[(&str, Option<String>)]) -> String {
    pairs(
        rows.iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?))),
    )
}

/// Rows below a header, for the width of the terminal.
///
/// If a row is too long for it, cells are wrapped between words. If a word is still too long, each
/// row becomes a block of lines: the first cell, then the others with their names. Where there is
/// no terminal, each row is one line.
pub(crate) fn list(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let width = terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            row.iter()
                .map(|cell| printable_lines(cell).into_owned())
                .collect()
        })
        .collect();
    within(width.map(usize::from), header, &rows)
}

fn within(width: Option<usize>, header: &[&str], rows: &[Vec<String>]) -> String {
    let plain = finished(table(header, rows));
    let fits = |text: &str| width.is_none_or(|width| widest_line(text) <= width);
    if fits(&plain) {
        return plain;
    }
    let wrapped = wrapped(width.unwrap_or(usize::MAX), header, rows);
    if fits(&wrapped) {
        wrapped
    } else {
        blocks(header, rows)
    }
}

fn table(header: &[&str], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_header(header.to_vec());
    table.add_rows(rows);
    table
}

/// The table with cells wrapped between words: no column is narrower than its longest word, nor too
/// narrow to be read.
fn wrapped(width: usize, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = table(header, rows);
    table
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_content_arrangement(ContentArrangement::Dynamic);
    for (index, column) in table.column_iter_mut().enumerate() {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(index))
            .map(String::as_str);
        let cells: Vec<_> = cells.chain(header.get(index).copied()).collect();
        let longest = |parts: &mut dyn Iterator<Item = &str>| parts.map(columns).max().unwrap_or(0);
        let longest_word = longest(&mut cells.iter().flat_map(|cell| cell.split_whitespace()));
        let longest_line = longest(&mut cells.iter().flat_map(|cell| cell.lines()));
        // The padding counts, and the first column has more of it.
        let padding = if index == 0 { 3 } else { 2 };
        let least = longest_word.max(longest_line.min(NARROWEST_TEXT)) + padding;
        let least = u16::try_from(least).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
    finished(table)
}

/// Each row as a block of lines, with an empty line between two.
fn blocks(header: &[&str], rows: &[Vec<String>]) -> String {
    let blocks = rows.iter().map(|row| {
        let (first, others) = row
            .split_first()
            .map_or(("", [].as_slice()), |(first, others)| (first, others));
        let named = header
            .iter()
            .skip(1)
            .copied()
            .zip(others.iter().map(String::as_str));
        let filled: Vec<_> = named.filter(|(_, value)| !value.is_empty()).collect();
        if filled.is_empty() {
            return format!("  {first}");
        }
        let indented: Vec<_> = pairs(filled)
            .lines()
            .map(|line| format!("  {line}"))
            .collect();
        format!("  {first}\n{}", indented.join("\n"))
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

fn pairs<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([name, &*printable_lines(value)]);
    }
    finished(table)
}

fn widest_line(text: &str) -> usize {
    text.lines().map(columns).max().unwrap_or(0)
}

/// How many columns of a terminal the text takes: letters of East Asian scripts take two.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|letter| match letter {
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{1f300}'..='\u{1faff}'
            | '\u{20000}'..='\u{3fffd}' => 2,
            _ => 1,
        })
        .sum()
}

fn finished(mut table: Table) -> String {
    if let Some(first) = table.column_mut(0) {
        first.set_padding((2, 1));
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::within;

    const HEADER: [&str; 3] = ["prefix", "path", "debug_url"];

    fn rules() -> Vec<Vec<String>> {
        let long = format!("https://m.example.cn/{}/", "a".repeat(40));
        let rules = [
            [
                &*long,
                "pages/index/index",
                "https://m.example.cn/t/1\nhttps://m.example.cn/t/2",
            ],
            ["https://m.example.cn/s", "pages/s", ""],
        ];
        rules.map(|row| row.map(str::to_owned).to_vec()).to_vec()
    }

    #[test]
    fn no_url_is_broken_however_narrow_the_terminal() {
        let rows = rules();
        for width in [
            None,
            Some(200),
            Some(120),
            Some(80),
            Some(40),
            Some(10),
            Some(0),
        ] {
            let printed = within(width, &HEADER, &rows);
            for url in rows.iter().flatten().flat_map(|cell| cell.lines()) {
                assert!(printed.contains(url), "{width:?} breaks {url}:\n{printed}");
            }
        }
    }

    #[test]
    fn a_rule_that_is_too_long_for_a_line_becomes_a_block() {
        let printed = within(Some(80), &HEADER, &rules());
        let lines: Vec<_> = printed.lines().collect();
        let long = format!("  https://m.example.cn/{}/", "a".repeat(40));
        assert_eq!(
            lines,
            [
                long.as_str(),
                "    path       pages/index/index",
                "    debug_url  https://m.example.cn/t/1",
                "               https://m.example.cn/t/2",
                "",
                "  https://m.example.cn/s",
                "    path  pages/s",
            ]
        );
    }

    #[test]
    fn a_text_is_not_wrapped_to_a_few_letters() {
        let row = vec![
            format!("https://m.example.cn/{}/", "a".repeat(40)),
            "the schemes differ ".repeat(4),
        ];
        let printed = within(Some(80), &["rule", "reason"], &[row]);
        assert_eq!(printed.lines().count(), 2, "{printed}");
    }

    #[test]
    fn a_text_is_wrapped_between_words() {
        let row = vec![
            "https://m.example.cn/table/".to_owned(),
            "the schemes differ ".repeat(8),
        ];
        let printed = within(Some(60), &["rule", "reason"], &[row]);
        assert!(
            printed.lines().all(|line| line.chars().count() <= 60),
            "{printed}"
        );
        assert!(printed.contains("https://m.example.cn/table/"), "{printed}");
        assert!(printed.starts_with("  rule"), "{printed}");
    }
}
