//! WeChat is asked, and what it answers is judged.

use std::time::Duration;

use jumpqr_core::renewal::Step;

use crate::machine::{APP, Machine, issued, refused};

#[test]
fn a_refusal_is_remembered_for_all_who_share_the_store() {
    let mut machine = Machine::app();
    machine.load_and_lease(1);
    machine.credential();
    machine.ask(Err(refused(APP, 40125)));
    assert!(machine.save(Ok(true)).refusal().is_some());
    machine.release();
    assert_eq!(machine.error().errcode(), Some(40125));

    for is_same_process in [true, false] {
        if is_same_process {
            machine.again(None);
        } else {
            machine.in_other_process();
        }
        machine.load();
        machine.credential();
        let error = machine.error();
        assert_eq!(error.errcode(), Some(40125));
        assert!(error.advice().contains("not asked again for 6 s"));
    }
    machine.now += Duration::from_secs(5);
    machine.in_other_process();
    machine.load();
    machine.credential();
    machine.lease(Some(2));
    machine.load();
    machine.credential();
    machine.ask(Ok(issued("T1", None)));
    assert!(machine.save(Ok(true)).refusal().is_none());
}

#[test]
fn what_is_said_to_an_address_is_remembered_by_this_process_alone() {
    let mut machine = Machine::app();
    machine.load_and_lease(1);
    machine.credential();
    machine.ask(Err(refused(APP, 40164)));
    assert!(machine.save(Ok(true)).refusal().is_none());
    machine.release();
    machine.again(None);
    machine.load();
    machine.credential();
    assert_eq!(machine.error().errcode(), Some(40164));
}

#[test]
fn a_failure_that_may_pass_is_not_remembered() {
    let mut machine = Machine::app();
    machine.load_and_lease(1);
    machine.credential();
    machine.ask(Err(refused(APP, -1)));
    assert!(machine.save(Ok(true)).refusal().is_none());
    machine.release();
    machine.again(None);
    machine.renew("T1", None);
}

#[test]
fn a_token_that_comes_again_though_it_is_stale_is_forced_next_time_and_not_too_often() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    let mut is_forced = |after| {
        machine.now += Duration::from_secs(after);
        machine.again(Some("T1"));
        machine.load_and_lease(9);
        machine.credential();
        let (_, force) = machine.ask(Ok(issued("T1", None)));
        machine.save(Ok(true));
        machine.release();
        force
    };
    assert_eq!(
        [0, 0, 0, 29, 1].map(&mut is_forced),
        [false, true, false, false, true]
    );
}

#[test]
fn a_rejected_token_is_dropped_from_the_store_even_if_no_other_comes() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    machine.again(Some("T1"));
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Err(refused(APP, -1)));
    let record = machine.save(Ok(true));
    assert!(record.access_token(Duration::ZERO).is_none());
    let memory = machine.renewal.memory();
    assert!(memory.cached_token(machine.now, None, true).is_none());
}

#[test]
fn wechat_is_not_asked_after_the_lease_may_have_ended() {
    let mut machine = Machine::merchant();
    machine.load();
    let Step::Lease { life, .. } = machine.step() else {
        panic!("{:?}", machine.step());
    };
    machine.lease(Some(1));
    machine.now += life;
    machine.load();
    machine.credential();
    // The attempt is repeated under a new lease.
    machine.release();
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Ok(issued("A1", Some("R1"))));
}

#[test]
fn a_request_ends_with_the_lease() {
    let mut machine = Machine::merchant();
    machine.load();
    let begun = machine.now;
    let Step::Lease { life, .. } = machine.step() else {
        panic!("{:?}", machine.step());
    };
    machine.lease(Some(1));
    machine.now += life / 2;
    machine.load();
    machine.credential();
    let Step::Ask { timeout, .. } = machine.step() else {
        panic!("{:?}", machine.step());
    };
    assert_eq!(machine.now + timeout, begun + life);
}
