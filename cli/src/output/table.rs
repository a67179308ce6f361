//! Formats tables. A URL is never broken over two lines, so that it can be copied.

use std::iter;

use terminal_size::terminal_size_of;

use super::text::escape_lines;

/// The narrowest column that text is wrapped to, in columns of the terminal.
const MIN_TEXT_COLUMNS: usize = 24;

/// What stands between two columns of a table.
const GAP: &str = "   ";

/// Formats names and values, one pair a line, indented. A pair without a value is left out.
pub(crate) fn format_card(rows: &[(&str, Option<String>)]) -> String {
    let filled: Vec<_> = rows
        .iter()
        .filter_map(|(name, value)| Some(vec![(*name).to_owned(), escape_lines(value.as_ref()?)]))
        .collect();
    format_rows(&filled, &natural_widths(&filled), "  ")
}

/// Formats rows below a header, for the width of the terminal.
///
/// If a row is too long, cells are wrapped between words. If a word is still too long, each row
/// becomes a block of lines: the first cell, then the others with their names. Without a terminal,
/// each row is one line.
pub(crate) fn format_table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let width = terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    let escaped = rows
        .into_iter()
        .map(|row| row.iter().map(|cell| escape_lines(cell)).collect());
    format_for_width(width.map(usize::from), header, &escaped.collect::<Vec<_>>())
}

fn format_for_width(width: Option<usize>, header: &[&str], rows: &[Vec<String>]) -> String {
    let header_row = header.iter().map(|&name| name.to_owned()).collect();
    let table: Vec<_> = iter::once(header_row).chain(rows.iter().cloned()).collect();
    let mut widths = natural_widths(&table);
    let min_widths = max_by_column(&table, |cell| {
        let longest_word = max_columns(cell.split_whitespace());
        longest_word.max(max_columns(cell.lines()).min(MIN_TEXT_COLUMNS))
    });
    // The widest column that may be narrower gives way.
    while width.is_some_and(|width| table_columns(&widths) > width) {
        let wide = iter::zip(&mut widths, &min_widths).filter(|(width, min)| **width > **min);
        match wide.map(|(width, _)| width).max() {
            Some(widest) => *widest -= 1,
            None => return format_blocks(header, rows),
        }
    }
    let formatted = format_rows(&table, &widths, GAP);
    let rule = "─".repeat(table_columns(&widths));
    formatted.replacen('\n', &format!("\n{rule}\n"), 1)
}

/// Formats each row as a block of lines, with an empty line between two blocks.
fn format_blocks(header: &[&str], rows: &[Vec<String>]) -> String {
    let block = |row: &Vec<String>| {
        let pairs = iter::zip(header, row).skip(1);
        let filled: Vec<_> = pairs
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (*name, Some(value.clone())))
            .collect();
        let card = format_card(&filled).replace('\n', "\n  ");
        let first = row.first().map_or("", String::as_str);
        format!("  {first}\n  {card}").trim_end().to_owned()
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

/// Formats rows in columns of these widths, indented, with wrapped cells.
fn format_rows(rows: &[Vec<String>], widths: &[usize], gap: &str) -> String {
    let mut lines = Vec::new();
    for row in rows {
        let cells: Vec<_> = iter::zip(row, widths)
            .map(|(cell, width)| wrap(cell, *width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for index in 0..height {
            let padded = iter::zip(&cells, widths).map(|(cell, width)| {
                let part = cell.get(index).map_or("", String::as_str);
                let padding = width.saturating_sub(count_columns(part));
                format!("{part}{}", " ".repeat(padding))
            });
            let line = padded.collect::<Vec<_>>().join(gap);
            lines.push(format!("  {}", line.trim_end()));
        }
    }
    lines.join("\n")
}

/// Breaks a text into lines of at most `width` columns, between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut wrapped = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split(' ') {
            if !current.is_empty() && count_columns(&current) + 1 + count_columns(word) > width {
                wrapped.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        wrapped.push(current);
    }
    wrapped
}

fn natural_widths(rows: &[Vec<String>]) -> Vec<usize> {
    max_by_column(rows, |cell| max_columns(cell.lines()))
}

fn max_by_column(rows: &[Vec<String>], measure: impl Fn(&str) -> usize) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    let widths = |index| rows.iter().filter_map(move |row| row.get(index));
    (0..columns)
        .map(|index| widths(index).map(|cell| measure(cell)).max().unwrap_or(0))
        .collect()
}

/// Returns the columns that a line of a table takes, with its indentation and one space after it.
fn table_columns(widths: &[usize]) -> usize {
    widths.iter().map(|width| width + GAP.len()).sum()
}

fn max_columns<'a>(parts: impl Iterator<Item = &'a str>) -> usize {
    parts.map(count_columns).max().unwrap_or(0)
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
