//! `errcodes.json` has exactly the error codes and the stable names of the core.

use std::fmt::Debug;

use jumpqr_core::check::FindingCode;
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{Confirmation, LinkStatus};
use jumpqr_core::matching::{Mismatch, Obstacle};
use jumpqr_core::{ErrCode, Error, ErrorKind, Outcome};
use jumpqr_tests::errcodes::{
    ErrCodeVector, FindingCodeVector, LinkStatusVector, Names, OwnCodeVector,
};
use jumpqr_tests::{count, load};

/// A row of a table, which is known by its stable name.
trait Row: Debug + PartialEq {
    fn name(&self) -> &str;
}

impl Row for String {
    fn name(&self) -> &str {
        self
    }
}

macro_rules! rows {
    ($($row:ty),+) => {
        $(impl Row for $row {
            fn name(&self) -> &str {
                &self.name
            }
        })+
    };
}

rows!(
    ErrCodeVector,
    OwnCodeVector,
    FindingCodeVector,
    LinkStatusVector
);

/// Checks that the table of `errcodes.json` has the rows of the core, in the order of the core.
/// Names each row that one of them lacks. `source` is the core's file, in `core/src`.
fn compare<R: Row>(table: &str, source: &str, in_file: &[R], in_core: &[R]) {
    let file = format!("`{table}` of tests/vectors/errcodes.json");
    let mut differences = Vec::new();
    for row in in_core {
        match in_file.iter().find(|other| other.name() == row.name()) {
            None => differences.push(format!("{file} lacks {row:?}")),
            Some(other) if other != row => differences.push(format!(
                "{file} has {other:?}, but core/src/{source} has {row:?}"
            )),
            Some(_) => {}
        }
    }
    for row in in_file {
        if !in_core.iter().any(|other| other.name() == row.name()) {
            differences.push(format!(
                "core/src/{source} lacks {row:?}, which is in {file}"
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    for (in_file, in_core) in in_file.iter().zip(in_core) {
        let (found, expected) = (in_file.name(), in_core.name());
        assert_eq!(
            found, expected,
            "{file} has another order than core/src/{source}"
        );
    }
    assert_eq!(in_file.len(), in_core.len(), "{file} has a row twice");
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|value| name(*value).to_owned()).collect()
}

#[test]
fn the_file_has_every_error_code() {
    let file: Names = load().unwrap();
    let found: Vec<_> = ErrCode::all()
        .iter()
        .map(|code| ErrCodeVector {
            number: code.number,
            name: code.name.to_owned(),
            kind: code.kind.name().to_owned(),
            reaction: code.reaction.name().to_owned(),
            wait_seconds: code.wait.as_secs(),
            retryable: code.retryable,
        })
        .collect();
    compare("errcodes", "errcode/table.rs", &file.errcodes, &found);
    count::<Names>(found.len());
}

#[test]
fn an_error_takes_its_name_kind_and_advice_from_the_table() {
    let file: Names = load().unwrap();
    for vector in &file.errcodes {
        let known = ErrCode::lookup(vector.number).unwrap();
        let error = Error::from_answer(vector.number, "");
        assert_eq!(error.code().name(), vector.name);
        assert_eq!(error.kind().name(), vector.kind);
        assert_eq!(error.is_retryable(), vector.retryable);
        assert_eq!(error.advice(), known.advice);
        assert!(error.to_string().contains(known.meaning), "{error}");
    }
}

#[test]
fn the_file_has_every_own_code() {
    let file: Names = load().unwrap();
    let found: Vec<_> = OwnCode::ALL
        .iter()
        .map(|code| OwnCodeVector {
            name: code.name().to_owned(),
            kind: code.kind().name().to_owned(),
            retryable: code.is_retryable(),
        })
        .collect();
    compare("own_codes", "error/own_code.rs", &file.own_codes, &found);
    count::<Names>(found.len());
}

#[test]
fn the_file_has_every_other_name() {
    let file: Names = load().unwrap();
    let findings: Vec<_> = FindingCode::ALL
        .iter()
        .map(|code| FindingCodeVector {
            name: code.name().to_owned(),
            warning: code.is_warning(),
        })
        .collect();
    let kinds = names(ErrorKind::ALL, ErrorKind::name);
    let outcomes = names(Outcome::ALL, Outcome::name);
    let mismatches = names(Mismatch::ALL, Mismatch::name);
    let obstacles = names(Obstacle::ALL, Obstacle::name);
    let confirmations = names(Confirmation::ALL, Confirmation::name);
    let link_statuses: Vec<_> = LinkStatus::ALL
        .iter()
        .map(|status| LinkStatusVector {
            number: status.number().into(),
            name: status.name().to_owned(),
        })
        .collect();
    compare("findings", "finding.rs", &file.findings, &findings);
    compare("kinds", "kind.rs", &file.kinds, &kinds);
    compare("outcomes", "kind.rs", &file.outcomes, &outcomes);
    compare(
        "mismatches",
        "matching/cover.rs",
        &file.mismatches,
        &mismatches,
    );
    compare(
        "obstacles",
        "matching/opening.rs",
        &file.obstacles,
        &obstacles,
    );
    compare(
        "confirmations",
        "interface/confirmation.rs",
        &file.confirmations,
        &confirmations,
    );
    compare(
        "link_statuses",
        "interface/wxamplinkget.rs",
        &file.link_statuses,
        &link_statuses,
    );
    count::<Names>(
        findings.len()
            + kinds.len()
            + outcomes.len()
            + mismatches.len()
            + obstacles.len()
            + confirmations.len()
            + link_statuses.len(),
    );
}
