//! Tells what became of a table.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::batch::Labelled;
use super::opening::NOT_CHECKED;
use super::pictures::describe_written;
use crate::error::Problem;
use crate::output::{BAD, GOOD, WARNING, escape, format_count, format_hit};

/// The most lines that are named for one reason.
const MAX_NAMED_LINES: usize = 20;

pub(super) struct Report<'a> {
    /// The directory with the pictures.
    pub(super) out: Option<&'a Path>,
    /// The sheet, and the number of its pages.
    pub(super) sheet: Option<(&'a Path, usize)>,
    pub(super) rows: &'a [Labelled<'a>],
    /// The file of each row's picture; empty without a directory.
    pub(super) files: &'a [PathBuf],
    /// Whether each file was written; the others were already there. The sheet is the last.
    pub(super) written: &'a [bool],
}

impl Report<'_> {
    /// Returns what is suspicious about the rows.
    pub(super) fn warnings(&self) -> Vec<Problem> {
        let mut links = HashSet::new();
        let rows = self.rows.iter();
        let again: Vec<_> = rows.filter(|row| !links.insert(row.code.link())).collect();
        let encoded: Vec<_> = self.rows.iter().filter(|row| row.encodes_again).collect();
        let warnings = [
            (again, "same_link", "has the same link as a row before it"),
            (
                encoded,
                "encoded_again",
                "has a value that looks percent-encoded, and was encoded again; if it is encoded \
                 already, write {+id} instead of {id}",
            ),
        ];
        let warnings = warnings.into_iter().filter_map(|(rows, code, text)| {
            let first = rows.first()?;
            let more = match rows.len() - 1 {
                0 => String::new(),
                more => format!(" (and {})", format_count(more, "more row")),
            };
            Some(Problem::in_line(first.line, code, format!("{text}{more}")))
        });
        warnings.collect()
    }

    /// Formats what was written, and which rules the links hit.
    pub(super) fn format(&self) -> String {
        let mut lines = Vec::new();
        if let Some(folder) = self.out {
            let folder = escape(&folder.to_string_lossy());
            let pictures = self.written.iter().take(self.files.len());
            let written = pictures.filter(|written| **written).count();
            let there = match self.files.len() - written {
                0 => String::new(),
                1 => "; 1 was already there".to_owned(),
                count => format!("; {count} were already there"),
            };
            lines.push(format!(
                "{GOOD}Written{GOOD:#} {} to {folder}{there}",
                format_count(written, "picture")
            ));
        }
        if let Some((file, pages)) = self.sheet {
            let file = escape(&file.to_string_lossy());
            let is_written = self.written.last() == Some(&true);
            let done = describe_written(is_written);
            lines.push(format!(
                "{done} {file}, {} of A4",
                format_count(pages, "page")
            ));
        }
        lines.push(String::new());
        lines.extend(self.format_openings());
        lines.join("\n")
    }

    fn format_openings(&self) -> Vec<String> {
        let mut hits = BTreeMap::new();
        for row in self
            .rows
            .iter()
            .filter(|row| row.opening.obstacle().is_none())
        {
            if let Some(rule) = row.opening.hit() {
                let (_, count) = hits.entry(&rule.prefix).or_insert((rule, 0));
                *count += 1;
            }
        }
        let hits = hits.into_values();
        let mut lines: Vec<_> = hits
            .map(|(rule, count)| match count {
                1 => format!("1 link hits {}", format_hit(rule)),
                _ => format!("{count} links hit {}", format_hit(rule)),
            })
            .collect();
        let is_testers_only = |row: &Labelled<'_>| row.opening.is_for_testers_only();
        if let Some(named) = self.name_lines(is_testers_only) {
            let text = "test links, which open for developers and testers only";
            lines.push(format!("{WARNING}{named}{WARNING:#}: {text}"));
        }
        let is_closed = |row: &Labelled<'_>| row.opening.obstacle().is_some();
        if let Some(named) = self.name_lines(is_closed) {
            lines.push(format!("{BAD}{named}{BAD:#}: links that do not open"));
        }
        if self.rows.iter().any(|row| !row.opening.is_checked()) {
            lines.push(NOT_CHECKED.to_owned());
        }
        lines
    }

    /// Names the lines of some rows, e.g. `Lines 2, 7`.
    fn name_lines(&self, is_meant: impl Fn(&Labelled<'_>) -> bool) -> Option<String> {
        let lines = self.rows.iter().filter(|row| is_meant(row));
        let lines: Vec<_> = lines.map(|row| row.line.to_string()).collect();
        let named = lines.iter().take(MAX_NAMED_LINES).cloned();
        let named = named.collect::<Vec<_>>().join(", ");
        match lines.len() {
            0 => None,
            count if count > MAX_NAMED_LINES => Some(format!(
                "Lines {named} and {} more",
                count - MAX_NAMED_LINES
            )),
            1 => Some(format!("Line {named}")),
            _ => Some(format!("Lines {named}")),
        }
    }

    pub(super) fn members(&self, warnings: &[Problem]) -> Value {
        let describe = |(index, row): (usize, &Labelled<'_>)| {
            let file = self.files.get(index);
            let written = file.and_then(|_| self.written.get(index));
            let members = [
                ("line", json!(row.line)),
                ("link", json!(row.code.link())),
                ("caption", json!(row.caption)),
                ("level", json!(row.code.level())),
                ("version", json!(row.code.version())),
                ("file", json!(file.map(|file| file.to_string_lossy()))),
                ("written", json!(written)),
            ];
            let verdict = row.opening.members();
            let members = members.into_iter().chain(verdict);
            let members = members.map(|(name, value)| (name.to_owned(), value));
            Value::Object(members.collect::<Map<_, _>>())
        };
        let sheet = self.sheet.map(|(file, pages)| {
            json!({
                "file": file.to_string_lossy(),
                "pages": pages,
                "written": self.written.last(),
            })
        });
        json!({
            "codes": self.rows.iter().enumerate().map(describe).collect::<Vec<_>>(),
            "sheet": sheet,
            "warnings": warnings,
        })
    }
}
