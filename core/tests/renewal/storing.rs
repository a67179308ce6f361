//! A record is stored, even if another process has the lease at first.

use std::time::Duration;

use jumpqr_core::renewal::{Memory, StoredRecord, Storing, StoringStep, TicketRecord};
use jumpqr_core::{ErrorKind, Secret};

use crate::machine::{Machine, issued, store_failed};
use crate::world::MERCHANT;

const DEADLINE: Duration = Duration::from_secs(2);

fn record() -> Storing<'static> {
    Storing::record(Secret::new("{}"), DEADLINE)
}

/// Waits; returns when it is over.
fn wait(storing: &mut Storing<'_>, now: Duration) -> Duration {
    match storing.step(now) {
        StoringStep::Wait { until } => until,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_waits_for_the_lease_until_the_deadline() {
    let (mut storing, mut now) = (record(), Duration::ZERO);
    while matches!(storing.step(now), StoringStep::Lease { .. }) {
        storing.handle_lease(now, Ok(false));
        if now < DEADLINE {
            now = wait(&mut storing, now);
        }
    }
    assert_eq!(now, DEADLINE);
    let end = storing.step(now);
    assert!(matches!(end, StoringStep::Done(Err(error)) if error.kind() == ErrorKind::Timeout));
}

#[test]
fn a_lost_lease_and_two_failures_are_followed_by_another_try() {
    let (mut storing, mut now) = (record(), Duration::ZERO);
    for saved in [
        Ok(false),
        Err(store_failed()),
        Err(store_failed()),
        Ok(true),
    ] {
        assert!(matches!(storing.step(now), StoringStep::Lease { .. }));
        storing.handle_lease(now, Ok(true));
        assert!(matches!(storing.step(now), StoringStep::Save { .. }));
        let is_saved = matches!(saved, Ok(true));
        storing.handle_save(saved);
        assert!(matches!(storing.step(now), StoringStep::Release { .. }));
        storing.handle_release(now, true);
        if !is_saved {
            now = wait(&mut storing, now);
        }
    }
    assert!(matches!(storing.step(now), StoringStep::Done(Ok(()))));
}

/// What a process remembers whose refresh token R1 could not be stored.
fn unsaved() -> (Memory, Machine) {
    let mut machine = Machine::merchant();
    machine.load_and_lease(2);
    machine.credential();
    machine.ask(Ok(issued("A1", Some("R1"))));
    (machine.renewal.memory().clone(), machine)
}

#[test]
fn what_a_renewal_could_not_store_is_stored_unless_the_store_has_gone_on() {
    for has_gone_on in [false, true] {
        let (memory, mut machine) = unsaved();
        if has_gone_on {
            machine.in_other_process();
            machine.renew("A2", Some("R2"));
        }
        let now = Duration::ZERO;
        let mut storing = Storing::unsaved(memory, MERCHANT.key, DEADLINE);
        assert!(matches!(storing.step(now), StoringStep::Lease { .. }));
        storing.handle_lease(now, Ok(true));
        assert!(matches!(storing.step(now), StoringStep::Load { .. }));
        storing.handle_load(Ok(machine.stored));
        if !has_gone_on {
            assert!(matches!(storing.step(now), StoringStep::Save { .. }));
            storing.handle_save(Ok(true));
        }
        assert!(matches!(storing.step(now), StoringStep::Release { .. }));
        storing.handle_release(now, true);
        assert!(matches!(storing.step(now), StoringStep::Done(Ok(()))));
    }
}

#[test]
fn nothing_is_done_if_everything_is_stored() {
    let storing = Storing::unsaved(Memory::default(), MERCHANT.key, DEADLINE);
    let end = storing.step(Duration::ZERO);
    assert!(matches!(end, StoringStep::Done(Ok(()))));
}

/// Loads `stored`, and returns whether the machine saves something in its place.
fn saves(mut storing: Storing<'_>, stored: Option<&[u8]>) -> bool {
    let now = Duration::ZERO;
    storing.handle_lease(now, Ok(true));
    let bytes = stored.map(<[u8]>::to_vec);
    storing.handle_load(Ok(bytes.map(|bytes| StoredRecord { bytes, version: 1 })));
    let is_saving = matches!(storing.step(now), StoringStep::Save { .. });
    if is_saving {
        storing.handle_save(Ok(true));
    }
    storing.handle_release(now, true);
    assert!(matches!(storing.step(now), StoringStep::Done(Ok(()))));
    assert_eq!(storing.has_saved(), is_saving);
    is_saving
}

#[test]
fn a_ticket_gives_way_to_a_later_push_only() {
    let record = |create_time| {
        let now = Duration::from_secs(1_800_000_000);
        TicketRecord::new(&Secret::new("ticket@@@T"), now, create_time)
    };
    let json = |create_time| record(create_time).to_json().unwrap();
    let stores = |new, old| {
        let storing = Storing::ticket(record(new), "key", DEADLINE);
        saves(storing, Some(json(old).expose().as_bytes()))
    };
    assert!(saves(
        Storing::ticket(record(Some(1)), "key", DEADLINE),
        None
    ));
    assert!(stores(Some(2), Some(1)));
    assert!(!stores(Some(1), Some(1)));
    assert!(!stores(Some(1), Some(2)));
    // A ticket that was given by hand, or stored by an earlier version.
    assert!(stores(Some(1), None));
}
