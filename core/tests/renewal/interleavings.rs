//! Whatever goes wrong, in whichever order: no authorisation is lost.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use crate::world::{Fault, Rotation, World};

/// How many interleavings are chosen by chance.
const CASES: u32 = 6_000;

/// Half steps in which two processes renew an account's token without a fault, with room to spare.
const HALF_STEPS: usize = 64;

#[derive(Debug, Clone, Copy)]
enum Event {
    /// A process takes half a step.
    Act(usize, Fault),
    /// Time passes, in milliseconds.
    Pass(u64),
    /// The merchant withdraws its authorisation, or gives it again.
    Withdraw(bool),
}

fn any_event() -> impl Strategy<Value = Event> {
    let fault = prop_oneof![
        8 => Just(Fault::None),
        1 => select(&Fault::ALL[..]),
    ];
    prop_oneof![
        30 => (0_usize..3, fault).prop_map(|(process, fault)| Event::Act(process, fault)),
        2 => (0_u64..20_000).prop_map(Event::Pass),
        1 => Just(Event::Pass(7_200_000)),
        1 => any::<bool>().prop_map(Event::Withdraw),
    ]
}

fn happen(world: &mut World, event: Event) {
    match event {
        Event::Act(process, fault) => world.act(process, fault),
        Event::Pass(time) => world.now += Duration::from_millis(time),
        Event::Withdraw(is_withdrawn) => world.wechat.withdrawn = is_withdrawn,
    }
}

/// Lets every process end what it has begun.
fn settle(world: &mut World) {
    for process in 0..world.processes.len() {
        for _ in 0..20_000 {
            if world.is_idle(process) {
                break;
            }
            world.act(process, Fault::None);
        }
        assert!(world.is_idle(process), "the renewal does not end");
    }
}

#[test]
fn no_interleaving_loses_an_authorisation() {
    let tried = AtomicUsize::new(0);
    let searched = AtomicUsize::new(0);
    let rotation = select(vec![
        Rotation::AtOnce,
        Rotation::AtFirstUse,
        Rotation::Never,
    ]);
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(CASES)
    };
    let result = TestRunner::new(config).run(
        &(rotation, any::<bool>(), vec(any_event(), 1..120)),
        |(rotation, is_pushed, events)| {
            let mut world = if is_pushed {
                World::with_pushed_code(rotation, 3)
            } else {
                World::new(rotation, 3)
            };
            for event in events {
                happen(&mut world, event);
            }
            world.wechat.withdrawn = false;
            settle(&mut world);
            world.recover();
            tried.fetch_add(1, Ordering::Relaxed);
            searched.fetch_add(world.wechat.searched, Ordering::Relaxed);
            Ok(())
        },
    );
    if let Err(error) = result {
        panic!("{error}");
    }
    let (tried, searched) = (tried.into_inner(), searched.into_inner());
    println!("{tried} interleavings, {searched} searches");
    assert!(
        searched > 100,
        "the list was hardly ever needed: {searched}"
    );
}

/// Two processes renew the token; the second begins after some half steps of the first, and both
/// take turns from then on.
fn schedule(begins_after: usize) -> impl Iterator<Item = usize> {
    (0..HALF_STEPS).map(move |index| usize::from(index > begins_after && index % 2 == 1))
}

#[test]
fn no_single_fault_at_any_position_loses_an_authorisation() {
    let mut tried = 0;
    for rotation in [Rotation::AtOnce, Rotation::AtFirstUse, Rotation::Never] {
        for begins_after in 0..HALF_STEPS / 2 {
            for fault in &Fault::ALL[1..] {
                for position in 0..HALF_STEPS {
                    for begin in [World::new, World::with_pushed_code] {
                        let mut world = begin(rotation, 2);
                        for (index, process) in schedule(begins_after).enumerate() {
                            let is_here = index == position;
                            world.act(process, if is_here { *fault } else { Fault::None });
                        }
                        settle(&mut world);
                        world.recover();
                        tried += 1;
                    }
                }
            }
        }
    }
    println!("{tried} interleavings");
}

#[test]
fn without_a_fault_two_processes_ask_once_and_need_no_list() {
    for begins_after in 0..HALF_STEPS {
        for begin in [World::new, World::with_pushed_code] {
            let mut world = begin(Rotation::AtOnce, 2);
            for process in schedule(begins_after) {
                world.act(process, Fault::None);
            }
            settle(&mut world);
            assert_eq!(world.recover(), 0);
            assert_eq!((world.wechat.asked, world.wechat.searched), (1, 0));
        }
    }
}

#[test]
fn a_store_that_fails_for_some_time_causes_no_search() {
    for begins in 0..24 {
        for times in 0..48 {
            let mut world = World::new(Rotation::AtOnce, 1);
            for index in 0..HALF_STEPS {
                let fails = (begins..begins + times).contains(&index);
                world.act(0, if fails { Fault::Fails } else { Fault::None });
            }
            settle(&mut world);
            assert_eq!((world.recover(), world.wechat.searched), (0, 0));
        }
    }
}

/// Without a kill and a lost answer, a new refresh token is stored in the end, even if the holder
/// of the lease is late. WeChat's list is not needed.
#[test]
fn late_holders_alone_never_leave_the_new_refresh_token_to_the_list() {
    let (mut tried, mut searched) = (0, 0);
    for begins_after in (0..HALF_STEPS / 2).step_by(4) {
        for fault in [Fault::Slow, Fault::LeaseLost] {
            for first in 0..HALF_STEPS {
                for second in first..HALF_STEPS {
                    let mut world = World::new(Rotation::AtOnce, 2);
                    for (index, process) in schedule(begins_after).enumerate() {
                        let is_here = index == first || index == second;
                        world.act(process, if is_here { fault } else { Fault::None });
                    }
                    settle(&mut world);
                    tried += 1;
                    searched += usize::from(world.recover() > 0);
                }
            }
        }
    }
    println!("{tried} interleavings");
    assert_eq!(searched, 0, "of {tried} interleavings need the list");
}
