use std::error::Error as _;

use jumpqr_core::Outcome;
use jumpqr_core::interface::Confirmation;

use crate::script::{BUSY, ILLEGAL, LISTED, NOT_LISTED, OK, delete, publish, run, without_look_up};

#[test]
fn a_change_that_was_applied_ends_the_call() {
    let run = run(
        delete(),
        without_look_up(&[10]),
        &[Some(BUSY), Some(NOT_LISTED)],
    );
    assert_eq!(run.result.unwrap(), Confirmation::ReadBack);
}

#[test]
fn a_change_that_was_not_applied_is_sent_again_or_fails() {
    let responses = [BUSY, LISTED, OK].map(Some);
    let resent = run(delete(), without_look_up(&[10]), &responses);
    assert_eq!(resent.result.unwrap(), Confirmation::Answered);
    let failed = run(delete(), without_look_up(&[]), &[Some(BUSY), Some(LISTED)]);
    let error = failed.result.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert!(error.advice().contains("not applied"), "{}", error.advice());
}

#[test]
fn if_the_list_is_unclear_or_the_read_back_fails_the_outcome_is_unknown() {
    let no_state = r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a"}]}"#;
    for read_back in [no_state, ILLEGAL] {
        let responses = [Some(BUSY), Some(read_back)];
        let run = run(publish(), without_look_up(&[10]), &responses);
        let error = run.result.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{read_back}");
        assert_eq!(error.errcode(), Some(-1), "{read_back}");
        assert_eq!(error.source().is_some(), read_back == ILLEGAL);
    }
}
