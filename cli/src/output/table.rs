//! Tables, as wide as the terminal; where there is none, each row is one line, whatever its length.

use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use terminal_size::{Width, terminal_size_of};

use super::printable;

/// Names and values, one pair a line, indented. A value that is `None` is left out.
pub(crate) fn card(rows: &[(&str, Option<String>)]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for (name, value) in rows {
        if let Some(value) = value {
            table.add_row([*name, &*printable(value)]);
        }
    }
    finished(table)
}

/// Rows below a header. On a terminal, long cells are wrapped.
pub(crate) fn list(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_header(header.to_vec());
    if let Some((Width(width), _)) = terminal_size_of(std::io::stdout()) {
        table
            .set_width(width)
            .set_content_arrangement(ContentArrangement::Dynamic);
    }
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell).into_owned()));
    }
    finished(table)
}

fn finished(mut table: Table) -> String {
    if let Some(first) = table.column_mut(0) {
        first.set_padding((2, 1));
    }
    table.trim_fmt()
}
