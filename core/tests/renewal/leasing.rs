//! The lease is taken and released.

use std::time::Duration;

use jumpqr_core::ErrorKind;

use crate::machine::{Machine, issued};

#[test]
fn while_somebody_else_has_the_lease_the_former_token_serves() {
    let mut machine = Machine::app();
    machine.renew("T1", None);
    machine.now += Duration::from_secs(7150);
    machine.again(None);
    machine.load();
    machine.lease(None);
    assert_eq!(machine.token(), "T1");
    // The next call does not look again at once.
    let now = machine.now;
    let cached = |after| {
        let memory = machine.renewal.memory();
        memory.cached_token(now + Duration::from_secs(after), None, false)
    };
    assert!(cached(4).is_some() && cached(5).is_none());
}

#[test]
fn without_a_token_the_renewal_looks_again_until_its_deadline() {
    let mut machine = Machine::app();
    let begun = machine.now;
    loop {
        machine.load();
        machine.lease(None);
        if machine.now == begun + Duration::from_secs(30) {
            break;
        }
        assert_eq!(machine.wait(), Duration::from_millis(50));
    }
    assert_eq!(machine.error().kind(), ErrorKind::Timeout);
}

#[test]
fn a_lease_is_released_with_two_more_tries() {
    let mut machine = Machine::app();
    machine.load_and_lease(1);
    machine.credential();
    machine.ask(Ok(issued("T1", None)));
    machine.save(Ok(true));
    for pause in [50, 100] {
        machine.step();
        machine.renewal.handle_release(machine.moment(), false);
        assert_eq!(machine.wait(), Duration::from_millis(pause));
    }
    machine.step();
    machine.renewal.handle_release(machine.moment(), false);
    assert_eq!(machine.token(), "T1");
}
