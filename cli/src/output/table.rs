//! Formats tables. A URL is never broken over two lines, so that it can be copied.

use std::iter;

use terminal_size::terminal_size_of;

use super::text::escape_lines;

/// The narrowest column that text is wrapped to, in columns of the terminal.
const MIN_TEXT_COLUMNS: usize = 24;

/// What stands between two columns of a table.
const GAP: &str = "   ";

/// What stands between a name and its value.
const CARD_GAP: &str = "  ";

/// Formats names and values, one pair a line, indented, for the width of the terminal. A pair
/// without a value is left out.
pub(crate) fn format_card(rows: &[(&str, Option<String>)]) -> String {
    format_card_for_width(terminal_columns(), rows)
}

fn format_card_for_width(width: Option<usize>, rows: &[(&str, Option<String>)]) -> String {
    let filled: Vec<_> = rows
        .iter()
        .filter_map(|(name, value)| Some(vec![(*name).to_owned(), escape_lines(value.as_ref()?)]))
        .collect();
    let mut widths = natural_widths(&filled);
    if let (Some(width), [names, values]) = (width, widths.as_mut_slice()) {
        let room = width.saturating_sub(*names + 2 * CARD_GAP.len());
        *values = (*values).min(room.max(MIN_TEXT_COLUMNS));
    }
    format_rows(&filled, &widths, CARD_GAP)
}

/// Formats texts below their titles, for the width of the terminal.
pub(crate) fn format_entries(entries: impl IntoIterator<Item = (String, String)>) -> String {
    format_entries_for_width(terminal_columns(), entries)
}

fn format_entries_for_width(
    width: Option<usize>,
    entries: impl IntoIterator<Item = (String, String)>,
) -> String {
    let lines = entries.into_iter().map(|(title, text)| {
        let title = escape_lines(&title);
        format!("  {title}\n    {}", indent_for_width(width, &text, 4))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Wraps a text that begins in this column of the terminal.
pub(crate) fn indent(text: &str, column: usize) -> String {
    indent_for_width(terminal_columns(), text, column)
}

fn indent_for_width(width: Option<usize>, text: &str, column: usize) -> String {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(column));
    let lines = wrap(&escape_lines(text), room.max(MIN_TEXT_COLUMNS));
    lines.join(&format!("\n{}", " ".repeat(column)))
}

/// Formats rows below a header, for the width of the terminal.
///
/// If a row is too long, cells are wrapped between words. If a word is still too long, each row
/// becomes a block of lines: the first cell, then the others with their names. Without a terminal,
/// each row is one line.
pub(crate) fn format_table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let escaped = rows
        .into_iter()
        .map(|row| row.iter().map(|cell| escape_lines(cell)).collect());
    format_for_width(terminal_columns(), header, &escaped.collect::<Vec<_>>())
}

/// Returns the width of the terminal; `None` if the output is not a terminal.
fn terminal_columns() -> Option<usize> {
    let (width, _) = terminal_size_of(std::io::stdout())?;
    Some(width.0.into())
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
            None => return format_blocks(width, header, rows),
        }
    }
    let formatted = format_rows(&table, &widths, GAP);
    let rule = "─".repeat(table_columns(&widths));
    formatted.replacen('\n', &format!("\n{rule}\n"), 1)
}

/// Formats each row as a block of lines, with an empty line between two blocks.
fn format_blocks(width: Option<usize>, header: &[&str], rows: &[Vec<String>]) -> String {
    let card_width = width.map(|width| width.saturating_sub(2));
    let block = |row: &Vec<String>| {
        let pairs = iter::zip(header, row).skip(1);
        let filled: Vec<_> = pairs
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (*name, Some(value.clone())))
            .collect();
        let card = format_card_for_width(card_width, &filled).replace('\n', "\n  ");
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

/// Counts the columns of a terminal that the text takes. East Asian characters and emoji take two,
/// marks on the character before them take none.
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
            '\u{300}'..='\u{36f}'
            | '\u{200b}'..='\u{200d}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}' => 0,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{count_columns, format_card_for_width, format_entries_for_width, format_for_width};

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
        assert_eq!(printed.lines().count(), 3, "{printed}");
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

    #[test]
    fn columns_are_counted_as_a_terminal_shows_them() {
        for (text, columns) in [
            ("pages/桌号/index", 16),
            ("（扫码）", 8),
            ("ｱｲｳ", 3),
            ("e\u{301}", 1),
            ("☎\u{fe0f}🍜", 3),
            ("→ –", 3),
        ] {
            assert_eq!(count_columns(text), columns, "{text}");
        }
    }

    #[test]
    fn chinese_cells_are_aligned_by_the_columns_they_take() {
        let rows =
            [["桌号", "二维码"], ["table", "code"]].map(|row| row.map(str::to_owned).to_vec());
        let printed = format_for_width(Some(80), &["path", "name"], &rows);
        let lines: Vec<_> = printed.lines().collect();
        assert_eq!(
            lines[2..],
            ["  桌号    二维码", "  table   code"],
            "{printed}"
        );
    }

    #[test]
    fn a_card_is_wrapped_between_words_and_keeps_its_links() {
        let link = format!("https://m.example.cn/{}/", "桌".repeat(60));
        let card = [
            (
                "hits",
                Some(format!("{link} → pages/餐桌/扫码点餐/index (published)")),
            ),
            ("but", Some("the rule is not published ".repeat(5))),
        ];
        let printed = format_card_for_width(Some(80), &card);
        let lines: Vec<_> = printed.lines().collect();
        assert_eq!(lines[0], format!("  hits  {link}"), "{printed}");
        assert_eq!(
            lines[1], "        → pages/餐桌/扫码点餐/index (published)",
            "{printed}"
        );
        assert_eq!(lines.len(), 4, "{printed}");
        assert!(
            lines[1..].iter().all(|line| count_columns(line) <= 80),
            "{printed}"
        );
        assert!(lines[2].starts_with("  but   the rule"), "{printed}");
        assert!(lines[3].starts_with("        "), "{printed}");
    }

    #[test]
    fn an_entry_is_wrapped_below_its_title() {
        let link = format!("https://m.example.cn/{}/", "a".repeat(90));
        let entry = (link.clone(), "the schemes differ ".repeat(6));
        let printed = format_entries_for_width(Some(80), [entry]);
        let lines: Vec<_> = printed.lines().collect();
        assert_eq!(lines[0], format!("  {link}"));
        assert_eq!(lines.len(), 3, "{printed}");
        let texts = lines[1..]
            .iter()
            .map(|line| line.strip_prefix("    ").unwrap());
        assert!(
            texts
                .clone()
                .all(|text| text.len() <= 76 && !text.starts_with(' ')),
            "{printed}"
        );
    }
}
