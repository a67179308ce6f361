//! A merchant's refresh token is refused or missing.

use jumpqr_core::error::{Error, OwnCode};
use jumpqr_core::renewal::{Listed, TokenRecord};

use crate::machine::{Machine, issued, refused, secret};
use crate::world::MERCHANT;

/// A renewal in which the stored refresh token was refused with this.
fn refused_with(errcode: i64) -> Machine {
    let mut machine = Machine::merchant();
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Err(refused(MERCHANT, errcode)));
    machine
}

fn refresh_token(record: &TokenRecord) -> String {
    record.refresh_token().unwrap().expose().to_owned()
}

#[test]
fn the_refresh_token_of_the_list_is_asked_with_and_stored() {
    for next in [None, Some("R2")] {
        let mut machine = refused_with(61023);
        machine.recall(None, None);
        machine.search(Ok(Listed::With(secret("R1"))));
        let (asked_with, _) = machine.ask(Ok(issued("A1", next)));
        assert_eq!(asked_with, "R1");
        let record = machine.save(Ok(true));
        assert_eq!(refresh_token(&record), next.unwrap_or("R1"));
        machine.release();
        assert_eq!(machine.token(), "A1");
    }
}

#[test]
fn a_page_that_was_read_lately_saves_the_search() {
    let mut machine = refused_with(61023);
    machine.recall(Some("R1"), Some(true));
    assert_eq!(machine.ask(Ok(issued("A1", None))).0, "R1");
}

#[test]
fn a_refresh_token_that_was_refused_is_not_tried_again() {
    let mut machine = refused_with(61023);
    machine.recall(Some("R0"), None);
    machine.search(Ok(Listed::With(secret("R0"))));
    assert!(machine.save(Ok(true)).refusal().is_some());
    machine.release();
    let error = machine.error();
    assert_eq!(
        (error.errcode(), error.is_retryable()),
        (Some(61023), false)
    );
}

#[test]
fn at_most_three_refresh_tokens_are_tried() {
    let mut machine = refused_with(61023);
    for next in ["R1", "R2"] {
        machine.recall(None, None);
        machine.search(Ok(Listed::With(secret(next))));
        machine.ask(Err(refused(MERCHANT, 61023)));
    }
    machine.recall(Some("R3"), None);
    machine.search(Ok(Listed::With(secret("R3"))));
    // Somebody else uses them up: that may pass, so it is not remembered.
    assert!(machine.save(Ok(true)).refusal().is_none());
    machine.release();
    let error = machine.error();
    assert!(error.is_retryable());
    assert!(error.advice().contains("share one token store"));
}

#[test]
fn a_merchant_without_a_refresh_token_is_searched_for() {
    for (listed, text) in [
        (Listed::Absent, "neither"),
        (Listed::Without, "api_query_auth"),
    ] {
        let mut machine = Machine::merchant();
        machine.stored = None;
        machine.load_and_lease(1);
        machine.credential();
        machine.recall(None, Some(false));
        machine.search(Ok(listed));
        machine.save(Ok(true));
        machine.release();
        let error = machine.error();
        assert_eq!(error.code(), OwnCode::NoRefreshToken);
        assert!(error.message().contains(text), "{error}");
    }
}

#[test]
fn of_a_withdrawn_authorisation_the_pages_read_lately_are_enough() {
    for (is_listed, is_retryable) in [(false, false), (true, true)] {
        let mut machine = refused_with(61003);
        machine.recall(None, Some(is_listed));
        machine.save(Ok(true));
        machine.release();
        let error = machine.error();
        assert_eq!(error.errcode(), Some(61003));
        assert_eq!(error.is_retryable(), is_retryable);
    }
}

#[test]
fn a_refusal_is_not_final_before_the_list_is_read() {
    let mut machine = refused_with(61023);
    machine.recall(None, None);
    machine.search(Err(Error::new(OwnCode::ConnectionLost, "it got lost")));
    assert!(machine.save(Ok(true)).refusal().is_none());
    machine.release();
    let error = machine.error();
    assert_eq!(error.code(), OwnCode::ConnectionLost);
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_search_that_gets_further_is_gone_on_with() {
    let late = || Error::new(OwnCode::Timeout, "it took too long");
    let mut machine = refused_with(61023);
    for _ in 0..4 {
        machine.recall(None, None);
        machine.search(Err(late()));
        machine.save(Ok(true));
        machine.release();
        machine.load_and_lease(3);
        machine.credential();
        machine.ask(Err(refused(MERCHANT, 61023)));
    }
}
