//! `errcodes.json` has exactly the error codes and the stable names of the core.

use jumpqr_core::check::FindingCode;
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{Confirmation, LinkStatus};
use jumpqr_core::matching::Mismatch;
use jumpqr_core::{ErrCode, Error, ErrorKind, Outcome};
use jumpqr_tests::errcodes::{
    ErrCodeVector, FindingCodeVector, LinkStatusVector, Names, OwnCodeVector,
};
use jumpqr_tests::{count, load};

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
            retryable: code.reaction.is_transient(),
        })
        .collect();
    for (expected, found) in file.errcodes.iter().zip(&found) {
        assert_eq!(expected, found);
    }
    assert_eq!(file.errcodes.len(), found.len());
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
    assert_eq!(file.own_codes, found);
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
    let kinds: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    let outcomes: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
    let mismatches: Vec<_> = Mismatch::ALL.iter().map(|reason| reason.name()).collect();
    let confirmations: Vec<_> = Confirmation::ALL.iter().map(|c| c.name()).collect();
    let link_statuses: Vec<_> = LinkStatus::ALL
        .iter()
        .map(|status| LinkStatusVector {
            number: status.number().into(),
            name: status.name().to_owned(),
        })
        .collect();
    assert_eq!(file.findings, findings);
    assert_eq!(file.kinds, kinds);
    assert_eq!(file.outcomes, outcomes);
    assert_eq!(file.mismatches, mismatches);
    assert_eq!(file.confirmations, confirmations);
    assert_eq!(file.link_statuses, link_statuses);
    count::<Names>(
        findings.len()
            + kinds.len()
            + outcomes.len()
            + mismatches.len()
            + confirmations.len()
            + link_statuses.len(),
    );
}
