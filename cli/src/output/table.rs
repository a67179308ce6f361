//! Formats tables. A URL is never broken over two lines, so that it can be copied.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets};
use terminal_size::terminal_size_of;

use super::text::escape_lines;

/// The narrowest column that text is wrapped to, in columns of the terminal.
const MIN_TEXT_COLUMNS: usize = 24;

/// Formats names and values, one pair a line, indented. A pair without a value is left out.
pub(crate) fn format_card(rows: &[(&str, Option<String>)]) -> String {
    format_pairs(
        rows.iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?))),
    )
}

/// Formats rows below a header, for the width of the terminal.
///
/// If a row is too long, cells are wrapped between words. If a word is still too long, each row
/// becomes a block of lines: the first cell, then the others with their names. Without a terminal,
/// each row is one line.
pub(crate) fn format_table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let width = terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            row.iter()
                .map(|cell| escape_lines(cell).into_owned())
                .collect()
        })
        .collect();
    format_for_width(width.map(usize::from), header, &rows)
}

fn format_for_width(width: Option<usize>, header: &[&str], rows: &[Vec<String>]) -> String {
    let plain = finish_table(build_table(header, rows));
    let fits = |text: &str| width.is_none_or(|width| max_line_columns(text) <= width);
    if fits(&plain) {
        return plain;
    }
    let wrapped = format_wrapped(width.unwrap_or(usize::MAX), header, rows);
    if fits(&wrapped) {
        wrapped
    } else {
        format_blocks(header, rows)
    }
}

fn build_table(header: &[&str], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_header(header.to_vec());
    table.add_rows(rows);
    table
}

/// Formats the table with cells wrapped between words. No column is narrower than its longest word
/// or than [`MIN_TEXT_COLUMNS`].
fn format_wrapped(width: usize, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = build_table(header, rows);
    table
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_content_arrangement(ContentArrangement::Dynamic);
    for (index, column) in table.column_iter_mut().enumerate() {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(index))
            .map(String::as_str);
        let cells: Vec<_> = cells.chain(header.get(index).copied()).collect();
        let max_columns =
            |parts: &mut dyn Iterator<Item = &str>| parts.map(count_columns).max().unwrap_or(0);
        let longest_word = max_columns(&mut cells.iter().flat_map(|cell| cell.split_whitespace()));
        let longest_line = max_columns(&mut cells.iter().flat_map(|cell| cell.lines()));
        // The width of a column includes its padding: see `finish_table`.
        let padding = if index == 0 { 3 } else { 2 };
        let min_width = longest_word.max(longest_line.min(MIN_TEXT_COLUMNS)) + padding;
        let min_width = u16::try_from(min_width).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(min_width)));
    }
    finish_table(table)
}

/// Formats each row as a block of lines, with an empty line between two blocks.
fn format_blocks(header: &[&str], rows: &[Vec<String>]) -> String {
    let blocks = rows.iter().map(|row| {
        let (first, others) = row
            .split_first()
            .map_or(("", [].as_slice()), |(first, others)| (first, others));
        let pairs = header
            .iter()
            .skip(1)
            .copied()
            .zip(others.iter().map(String::as_str));
        let filled: Vec<_> = pairs.filter(|(_, value)| !value.is_empty()).collect();
        if filled.is_empty() {
            return format!("  {first}");
        }
        let indented: Vec<_> = format_pairs(filled)
            .lines()
            .map(|line| format!("  {line}"))
            .collect();
        format!("  {first}\n{}", indented.join("\n"))
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

fn format_pairs<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([name, &*escape_lines(value)]);
    }
    finish_table(table)
}

fn max_line_columns(text: &str) -> usize {
    text.lines().map(count_columns).max().unwrap_or(0)
}

/// Counts the columns of a terminal that the text takes. East Asian characters take two.
fn count_columns(text: &str) -> usize {
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

fn finish_table(mut table: Table) -> String {
    if let Some(first) = table.column_mut(0) {
        first.set_padding((2, 1));
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::format_for_width;

    const HEADER: [&str; 3] = ["prefix", "path", "debug_url"];

    fn rows() -> Vec<Vec<String>> {
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
        let rows = rows();
        for width in [
            None,
            Some(200),
            Some(120),
            Some(80),
            Some(40),
            Some(10),
            Some(0),
        ] {
            let printed = format_for_width(width, &HEADER, &rows);
            for url in rows.iter().flatten().flat_map(|cell| cell.lines()) {
                assert!(printed.contains(url), "{width:?} breaks {url}:\n{printed}");
            }
        }
    }

    #[test]
    fn a_rule_that_is_too_long_for_a_line_becomes_a_block() {
        let printed = format_for_width(Some(80), &HEADER, &rows());
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
        let printed = format_for_width(Some(80), &["rule", "reason"], &[row]);
        assert_eq!(printed.lines().count(), 2, "{printed}");
    }

    #[test]
    fn a_text_is_wrapped_between_words() {
        let row = vec![
            "https://m.example.cn/table/".to_owned(),
            "the schemes differ ".repeat(8),
        ];
        let printed = format_for_width(Some(60), &["rule", "reason"], &[row]);
        assert!(
            printed.lines().all(|line| line.chars().count() <= 60),
            "{printed}"
        );
        assert!(printed.contains("https://m.example.cn/table/"), "{printed}");
        assert!(printed.starts_with("  rule"), "{printed}");
    }
}
