//! A record is saved under the lease.

use std::time::Duration;

use jumpqr_core::renewal::{Listed, TokenRecord};

use crate::machine::{Machine, issued, refused, secret, store_failed};
use crate::world::MERCHANT;

/// A merchant's renewal, before its new refresh token is saved.
fn rotated() -> Machine {
    let mut machine = Machine::merchant();
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Ok(issued("A1", Some("R1"))));
    machine
}

fn refresh_token(record: &TokenRecord) -> Option<String> {
    Some(record.refresh_token()?.expose().to_owned())
}

/// Whether another thread of the process could use a token.
fn is_published(machine: &Machine) -> bool {
    let memory = machine.renewal.memory();
    memory.cached_token(machine.now, None, true).is_some()
}

#[test]
fn a_token_is_published_only_after_its_refresh_token_is_stored() {
    let mut machine = rotated();
    assert!(!is_published(&machine));
    assert!(machine.renewal.memory().has_unsaved());
    let record = machine.save(Ok(true));
    assert_eq!(refresh_token(&record).as_deref(), Some("R1"));
    assert!(is_published(&machine));
    assert!(!machine.renewal.memory().has_unsaved());
}

#[test]
fn a_refresh_token_that_is_not_stored_is_saved_first_by_the_next_renewal() {
    let mut machine = rotated();
    machine.save(Err(store_failed()));
    machine.release();
    assert!(!is_published(&machine));
    machine.again(None);
    machine.load_and_lease(3);
    let record = machine.save(Ok(true));
    assert_eq!(refresh_token(&record).as_deref(), Some("R1"));
    machine.load();
    machine.release();
    assert_eq!(machine.token(), "A1");
}

#[test]
fn an_unsaved_refresh_token_gives_way_if_the_store_has_gone_on() {
    let mut machine = rotated();
    machine.save(Err(store_failed()));
    let mut other = Machine::merchant();
    other.renew("A2", Some("R2"));
    machine.release();
    machine.stored = other.stored;
    machine.again(Some("A2"));
    machine.load_and_lease(3);
    assert!(!machine.renewal.memory().has_unsaved());
    machine.credential();
    assert_eq!(machine.ask(Ok(issued("A3", Some("R3")))).0, "R2");
}

#[test]
fn a_late_holder_saves_its_refresh_token_under_a_new_lease() {
    let mut machine = rotated();
    machine.save(Ok(false));
    machine.release();
    assert_eq!(machine.wait(), Duration::from_millis(50));
    machine.load_and_lease(4);
    machine.save(Ok(true));
    machine.load();
    machine.release();
    assert_eq!(machine.token(), "A1");
}

#[test]
fn a_late_holder_uses_the_later_token() {
    let mut other = Machine::app();
    other.renew("T2", None);
    for (stored, token) in [(other.stored, "T2"), (None, "T1")] {
        let mut machine = Machine::app();
        machine.load_and_lease(1);
        machine.credential();
        machine.ask(Ok(issued("T1", None)));
        machine.save(Ok(false));
        machine.stored = stored;
        machine.load();
        machine.release();
        assert_eq!(machine.token(), token);
    }
}

#[test]
fn a_token_without_a_refresh_token_is_used_though_it_cannot_be_saved() {
    let mut machine = Machine::app();
    machine.load_and_lease(1);
    machine.credential();
    machine.ask(Ok(issued("T1", None)));
    machine.save(Err(store_failed()));
    machine.release();
    assert_eq!(machine.token(), "T1");
    assert!(is_published(&machine));
}

#[test]
fn a_late_holder_saves_the_successor_of_a_refresh_token_that_it_found_in_the_list() {
    // Another process has stored R1. This one is late: it is refused R0, and finds R1 in the list.
    let mut other = Machine::merchant();
    other.renew("A1", Some("R1"));
    let mut machine = Machine::merchant();
    machine.load_and_lease(1);
    machine.credential();
    machine.ask(Err(refused(MERCHANT, 61023)));
    machine.recall(None, None);
    machine.search(Ok(Listed::With(secret("R1"))));
    assert_eq!(machine.ask(Ok(issued("A2", Some("R2")))).0, "R1");
    machine.save(Ok(false));
    machine.release();

    machine.stored = other.stored;
    machine.wait();
    machine.load();
    machine.again(Some("A1"));
    machine.load_and_lease(3);
    let saved = machine.save(Ok(true));
    assert_eq!(refresh_token(&saved).as_deref(), Some("R2"));
}
