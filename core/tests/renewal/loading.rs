//! The record comes from the store.

use std::time::Duration;

use jumpqr_core::ErrorKind;
use jumpqr_core::error::OwnCode;
use jumpqr_core::renewal::StoredRecord;

use crate::machine::Machine;

#[test]
fn a_fresh_token_in_the_store_is_used_without_a_lease() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    machine.in_other_process();
    machine.load();
    assert_eq!(machine.token(), "T1");
    assert!(!machine.renewal.has_asked());
}

#[test]
fn a_token_that_was_renewed_before_the_lease_was_taken_is_used() {
    let mut other = Machine::app();
    other.renew("T1", None);
    let mut machine = Machine::app();
    machine.load();
    machine.lease(Some(2));
    machine.stored = other.stored;
    machine.load();
    machine.release();
    assert_eq!(machine.token(), "T1");
}

#[test]
fn the_rejected_token_is_not_used_though_the_store_has_it() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    machine.again(Some("T1"));
    machine.renew("T2", None);
}

#[test]
fn an_older_record_does_not_replace_the_cached_token() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    let old = machine.stored.clone();
    machine.again(Some("T1"));
    machine.renew("T2", None);
    machine.stored = old;
    machine.now += Duration::from_secs(7150);
    machine.again(None);
    machine.load();
    machine.lease(None);
    assert_eq!(machine.token(), "T2");
}

#[test]
fn a_damaged_record_is_an_error_and_stays() {
    let mut machine = Machine::app();
    machine.stored = Some(StoredRecord {
        bytes: b"[]".to_vec(),
        version: 1,
    });
    machine.load();
    let error = machine.error();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(error.code(), OwnCode::StoreDamaged);
}
