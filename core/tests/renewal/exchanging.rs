//! The code of a push is exchanged if the merchant has no refresh token that WeChat accepts.

use std::time::Duration;

use jumpqr_core::error::{Error, Outcome, OwnCode};
use jumpqr_core::interface::TokenResponse;
use jumpqr_core::renewal::{Listed, MerchantTokens, StoredRecord};

use crate::machine::{Machine, issued, refused, secret};
use crate::world::MERCHANT;

/// A merchant of whom the store has this record, as an asker holds it under the lease.
fn machine(record: &str) -> Machine {
    let mut machine = Machine::merchant();
    machine.stored = Some(StoredRecord {
        bytes: record.into(),
        version: 1,
    });
    machine.load_and_lease(2);
    machine.credential();
    machine
}

fn with_code() -> Machine {
    machine(r#"{"pushed_code":{"value":"CODE","create_time":1799999990}}"#)
}

fn tokens(token: Option<&str>, refresh_token: Option<&str>) -> MerchantTokens {
    let life = Duration::from_secs(7200);
    MerchantTokens {
        token: token.map(|token| TokenResponse::new(secret(token), life)),
        refresh_token: refresh_token.map(secret),
    }
}

#[test]
fn a_code_is_exchanged_before_the_list_is_searched_and_stored_before_it_is_used() {
    let mut machine = with_code();
    let code = machine.exchange(Ok(tokens(Some("A1"), Some("R1"))));
    assert_eq!(code, "CODE");
    assert!(machine.renewal.memory().has_unsaved());
    let record = machine.save(Ok(true));
    assert_eq!(record.refresh_token(), Some(secret("R1")));
    assert_eq!(record.pushed_code(), None);
    machine.release();
    assert_eq!(machine.token(), "A1");
}

#[test]
fn without_an_access_token_the_refresh_token_is_asked_with() {
    let mut machine = with_code();
    machine.exchange(Ok(tokens(None, Some("R1"))));
    assert_eq!(machine.ask(Ok(issued("A1", None))).0, "R1");
    let record = machine.save(Ok(true));
    assert_eq!(record.refresh_token(), Some(secret("R1")));
}

#[test]
fn a_code_that_is_spent_is_dropped_and_the_list_is_searched() {
    for errcode in [61009, 61010] {
        let mut machine = with_code();
        machine.exchange(Err(refused(MERCHANT, errcode)));
        machine.recall(None, None);
        machine.search(Ok(Listed::Absent));
        assert_eq!(machine.save(Ok(true)).pushed_code(), None);
        machine.release();
        assert_eq!(machine.error().code(), OwnCode::NoRefreshToken);
    }
}

#[test]
fn after_a_lost_response_the_list_is_searched_and_the_code_stays_until_a_token_is_found() {
    let lost = || Error::new(OwnCode::ConnectionLost, "lost").with_outcome(Outcome::Unknown);
    let mut machine = with_code();
    machine.exchange(Err(lost()));
    machine.recall(None, None);
    machine.search(Err(lost()));
    assert_eq!(machine.save(Ok(true)).pushed_code(), Some(secret("CODE")));

    let mut machine = with_code();
    machine.exchange(Err(lost()));
    machine.recall(None, None);
    machine.search(Ok(Listed::With(secret("R1"))));
    machine.ask(Ok(issued("A1", None)));
    assert_eq!(machine.save(Ok(true)).pushed_code(), None);
}

#[test]
fn a_code_that_could_not_be_exchanged_stays() {
    let mut machine = with_code();
    let busy = refused(MERCHANT, -1);
    machine.exchange(Err(busy));
    assert_eq!(machine.save(Ok(true)).pushed_code(), Some(secret("CODE")));
    machine.release();
    assert_eq!(machine.error().errcode(), Some(-1));
}

#[test]
fn a_code_of_a_new_authorisation_replaces_a_refresh_token_that_is_refused() {
    let record = r#"{"refresh_token":"R0","pushed_code":{"value":"CODE","create_time":1}}"#;
    let mut machine = machine(record);
    machine.ask(Err(refused(MERCHANT, 61023)));
    machine.exchange(Ok(tokens(Some("A1"), Some("R1"))));
    let record = machine.save(Ok(true));
    assert_eq!(record.refresh_token(), Some(secret("R1")));
}

#[test]
fn a_renewal_that_needs_no_code_keeps_it() {
    let record = r#"{"refresh_token":"R0","pushed_code":{"value":"CODE","create_time":1}}"#;
    let mut machine = machine(record);
    machine.ask(Ok(issued("A1", Some("R1"))));
    assert_eq!(machine.save(Ok(true)).pushed_code(), Some(secret("CODE")));
}

#[test]
fn nothing_prints_the_code() {
    let mut machine = with_code();
    let step = machine.step();
    for text in [format!("{step:?}"), format!("{:?}", machine.renewal)] {
        assert!(!text.contains("CODE"), "{text}");
    }
}
