//! Reads a table in CSV: a header, and a row for each code.

use crate::error::Problem;
use crate::output::format_count;

/// A table whose header names its columns.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// What is wrong with other rows, each with its line.
    pub(super) problems: Vec<(usize, Problem)>,
}

/// A row, with a value for each column.
#[derive(Debug)]
pub(super) struct Row {
    /// The line of the file at which the row begins.
    pub(super) line: usize,
    pub(super) values: Vec<String>,
}

/// The first bytes of a file in UTF-16, as Excel writes "Unicode Text".
const UTF_16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

const SAVE_AS_UTF_8: &str = "save it as \"CSV UTF-8\"";

impl Table {
    /// Reads a table. Spaces around a value, and rows without any value, are left out. The error
    /// says why the file is not a table.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        if UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
            return Err(format!("is in UTF-16: {SAVE_AS_UTF_8}"));
        }
        let lines = Lines::of(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut records = reader.byte_records().map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let begin = record.position().map_or(0, csv::Position::byte);
            let line = lines.of_record(bytes, usize::try_from(begin).unwrap_or(usize::MAX));
            Ok::<_, String>((line, record))
        });
        let header = records.next().transpose()?;
        let (_, header) = header.ok_or("is empty: its first line names the columns")?;
        let columns = decode(&header).map_err(|problem| format!("has a header that {problem}"))?;
        let mut table = Self {
            columns,
            rows: Vec::new(),
            problems: Vec::new(),
        };
        for record in records {
            let (line, record) = record?;
            table.add(line, &record);
        }
        Ok(table)
    }

    fn add(&mut self, line: usize, record: &csv::ByteRecord) {
        let is_blank = |field: &[u8]| field.iter().all(u8::is_ascii_whitespace);
        if record.iter().all(is_blank) {
            return;
        }
        let (columns, values) = (self.columns.len(), record.len());
        let row = match decode(record) {
            Ok(_) if values != columns => Err((
                "wrong_number_of_values",
                format!(
                    "has {}, but the header names {}",
                    format_count(values, "value"),
                    format_count(columns, "column")
                ),
            )),
            Ok(values) => Ok(Row { line, values }),
            Err(problem) => Err(("not_utf8", problem)),
        };
        match row {
            Ok(row) => self.rows.push(row),
            Err((code, message)) => {
                let problem = Problem::in_line(line, code, message);
                self.problems.push((line, problem));
            }
        }
    }
}

/// Decodes the values of a record, without the spaces around them.
fn decode(record: &csv::ByteRecord) -> Result<Vec<String>, String> {
    let values = record.iter().map(|value| {
        let text = std::str::from_utf8(value).map_err(|_| {
            format!("is not UTF-8: the file may be in GBK, as Excel writes it; {SAVE_AS_UTF_8}")
        })?;
        Ok(text.trim().to_owned())
    });
    values.collect()
}

/// Where the lines of a file begin.
struct Lines {
    begins: Vec<usize>,
}

impl Lines {
    fn of(bytes: &[u8]) -> Self {
        let breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let after = breaks.map(|(index, _)| index + 1);
        Self {
            begins: std::iter::once(0).chain(after).collect(),
        }
    }

    /// Returns the line of a record. The reader's own count is behind: it counts the end of a line
    /// and empty lines only when it reads on.
    fn of_record(&self, bytes: &[u8], begin: usize) -> usize {
        let rest = bytes.get(begin..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let begin = begin + breaks.count();
        self.begins.partition_point(|line| *line <= begin)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn rows(table: &Table) -> Vec<(usize, Vec<&str>)> {
        let rows = table.rows.iter();
        rows.map(|row| (row.line, row.values.iter().map(String::as_str).collect()))
            .collect()
    }

    #[test]
    fn quotes_line_breaks_and_chinese_are_read() {
        let text = "\u{feff}桌号, 名称 \r\n7,\"靠窗, \"\"大\"\"\"\r\n\r\n8 ,\"两\r\n行\"\r\n9,x";
        let table = Table::read(text.as_bytes()).unwrap();
        assert_eq!(table.columns, ["桌号", "名称"]);
        assert!(table.problems.is_empty());
        assert_eq!(
            rows(&table),
            [
                (2, vec!["7", "靠窗, \"大\""]),
                (4, vec!["8", "两\r\n行"]),
                (6, vec!["9", "x"]),
            ]
        );
    }

    #[test]
    fn rows_have_the_line_at_which_they_begin() {
        let table = Table::read(b"\n\nid\n1\n\n\n2\n\"3\n3\"\n4").unwrap();
        let lines: Vec<_> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [4, 7, 8, 10]);
    }

    #[test]
    fn rows_without_any_value_are_left_out() {
        let table = Table::read(b"id,name\n1,a\n,\n , \n2,b\n").unwrap();
        assert_eq!(rows(&table), [(2, vec!["1", "a"]), (5, vec!["2", "b"])]);
    }

    #[test]
    fn a_row_with_other_values_than_the_header_is_a_problem() {
        let table = Table::read(b"id,name\n1\n2,b\n3,c,d\n4,\xd7\xc0\n").unwrap();
        assert_eq!(rows(&table), [(3, vec!["2", "b"])]);
        let problems: Vec<_> = table
            .problems
            .iter()
            .map(|(_, problem)| (&*problem.field, problem.code))
            .collect();
        assert_eq!(
            problems,
            [
                ("line 2", "wrong_number_of_values"),
                ("line 4", "wrong_number_of_values"),
                ("line 5", "not_utf8"),
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_table_is_refused() {
        for (bytes, says) in [
            (&b""[..], "is empty"),
            (b"\xef\xbb\xbf", "is empty"),
            (b"\xff\xfei\0d\0", "is in UTF-16"),
            (b"\xd7\xc0\xba\xc5\n7\n", "GBK"),
        ] {
            let error = Table::read(bytes).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
