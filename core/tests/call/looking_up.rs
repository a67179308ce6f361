use jumpqr_core::Outcome;
use jumpqr_core::call::Policy;
use jumpqr_core::interface::{Confirmation, GetJumpQRCode, Interface};

use crate::script::{BUSY, LISTED, NOT_LISTED, OK, PUBLISHED, delete, publish, run};

#[test]
fn a_write_is_sent_only_if_the_list_shows_that_it_is_needed() {
    let needed = run(delete(), Policy::default(), &[Some(LISTED), Some(OK)]);
    assert_eq!(
        needed.requests,
        ["qrcodejumpget T1 0", "qrcodejumpdelete T1 0"]
    );
    assert_eq!(needed.result.unwrap(), Confirmation::Answered);
    let not_there = run(delete(), Policy::default(), &[Some(NOT_LISTED)]);
    assert_eq!(not_there.result.unwrap(), Confirmation::NotThere);
    let published = run(publish(), Policy::default(), &[Some(PUBLISHED)]);
    assert_eq!(published.result.unwrap(), Confirmation::AlreadyPublished);
    let no_such_rule = run(publish(), Policy::default(), &[Some(NOT_LISTED)]);
    let error = no_such_rule.result.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[test]
fn a_failed_look_up_has_changed_nothing_and_says_so() {
    let run = run(delete(), Policy::default(), &[Some(BUSY)]);
    let error = run.result.unwrap_err();
    assert_eq!(error.interface(), Some(GetJumpQRCode::NAME));
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert!(
        error.advice().contains("nothing was changed"),
        "{}",
        error.advice()
    );
}
