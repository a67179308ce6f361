//! An attempt fails: it is repeated, or the renewal ends.

use std::time::Duration;

use jumpqr_core::ErrorKind;
use jumpqr_core::error::{Error, OwnCode};
use jumpqr_core::renewal::Step;

use crate::machine::{Machine, issued, store_failed};

fn late() -> Error {
    Error::new(OwnCode::Timeout, "it took too long")
}

#[test]
fn a_store_that_fails_is_tried_twice_more() {
    let mut machine = Machine::app();
    for pause in [50, 100] {
        machine.load_as(Err(store_failed()));
        assert_eq!(machine.wait(), Duration::from_millis(pause));
    }
    machine.load_as(Err(store_failed()));
    assert_eq!(machine.error().kind(), ErrorKind::Store);
}

#[test]
fn a_store_that_fails_is_not_tried_again_while_the_former_token_lives() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    machine.now += Duration::from_secs(7150);
    machine.again(None);
    machine.load_as(Err(store_failed()));
    let Step::Use { token, failure } = machine.step() else {
        panic!("{:?}", machine.step());
    };
    assert_eq!(token.expose(), "T1");
    assert_eq!(failure.unwrap().kind(), ErrorKind::Store);
}

/// Lets every save fail, until the renewal ends.
fn save_in_vain(machine: &mut Machine) {
    for fence in 4.. {
        machine.save(Err(store_failed()));
        machine.release();
        if matches!(machine.step(), Step::Fail(_)) {
            break;
        }
        machine.wait();
        machine.load_and_lease(fence);
    }
}

#[test]
fn a_refresh_token_that_would_be_lost_is_tried_to_be_saved_until_the_deadline() {
    let mut machine = Machine::merchant();
    let begun = machine.now;
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Ok(issued("A1", Some("R1"))));
    save_in_vain(&mut machine);
    assert!(machine.now > begun + Duration::from_secs(28));
    let error = machine.error();
    assert!(error.message().contains("could not be stored: it is down"));
    // The next renewal gives up sooner.
    machine.again(None);
    for _ in 0..2 {
        machine.load_as(Err(store_failed()));
        machine.wait();
    }
    machine.load_as(Err(store_failed()));
    machine.error();
}

#[test]
fn a_request_that_took_too_long_is_made_once_more() {
    let mut machine = Machine::app();
    for _ in 0..2 {
        machine.load_and_lease(1);
        machine.credential();
        machine.ask(Err(late().in_interface("stable_token")));
        machine.save(Ok(true));
        machine.release();
    }
    assert_eq!(machine.error().code(), OwnCode::Timeout);
}

#[test]
fn half_of_the_time_is_left_for_the_call_while_the_former_token_lives() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    machine.now += Duration::from_secs(7150);
    machine.again(None);
    let deadline = machine.now + Duration::from_secs(15);
    assert_eq!(machine.renewal.deadline(), deadline);
}

#[test]
fn a_second_refresh_token_is_tried_to_be_saved_until_the_deadline_too() {
    let mut machine = Machine::merchant();
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Ok(issued("A1", Some("R1"))));
    machine.save(Err(store_failed()));
    machine.release();
    // The next renewal saves R1 first, and gets R2.
    machine.again(Some("A1"));
    let begun = machine.now;
    machine.load_and_lease(3);
    machine.save(Ok(true));
    machine.load();
    machine.credential();
    machine.ask(Ok(issued("A2", Some("R2"))));
    save_in_vain(&mut machine);
    assert!(machine.now > begun + Duration::from_secs(25));
}
