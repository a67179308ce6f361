//! A process that rotates a token in a store is killed, again and again, wherever it is.

use std::time::Duration;

use jumpqr::store::TokenStore;

use crate::place::Place;
use crate::process::{self, Other};
use crate::{get, key};

const KILLS: u32 = 250;

/// What is stored as the token with this number: long, so that one that was torn would be seen.
fn token(number: u64) -> Vec<u8> {
    format!("{number} ").repeat(500).into_bytes()
}

/// The number of the token, which must be whole.
fn number(stored: &[u8]) -> u64 {
    let text = std::str::from_utf8(stored).unwrap();
    let number = text.split_once(' ').unwrap().0.parse().unwrap();
    assert_eq!(stored, token(number), "the token is torn");
    number
}

/// Puts the next token in the place of the last, without end, and tells of each that was saved.
pub(crate) fn rotate(store: &dyn TokenStore, life: Duration, saved: impl Fn(u64)) {
    loop {
        let lease = process::lock(store, life);
        let next = get(store).map_or(1, |stored| number(&stored) + 1);
        assert!(
            store
                .save(&key(), &token(next), &lease, crate::LONG)
                .unwrap()
        );
        saved(next);
        store.release(&key(), lease, crate::LONG).unwrap();
    }
}

fn no_kill_loses_or_tears_what_was_saved(place: &Place) -> String {
    let store = place.open();
    let mut last = 0;
    let mut amid = 0;
    for kill in 0..KILLS {
        let mut other = Other::start("rotate", place);
        let first = other.says().expect("the lease of a killed process blocks");
        // Spread over all that a rotation does.
        std::thread::sleep(Duration::from_micros(u64::from(kill) * 37 % 9000));
        other.kill();
        amid += u32::from(place.is_held());
        let told = std::iter::from_fn(|| other.says()).last().unwrap_or(first);

        let stored = number(&get(&*store).unwrap());
        assert!(first > last, "a token was lost before {first}");
        assert!(
            stored == told || stored == told + 1,
            "{told}, then {stored}"
        );
        last = stored;
    }
    assert!(amid > KILLS / 10, "the kills hit nothing: {amid}");
    format!("{KILLS} kills, {amid} of them in the middle of a rotation, {last} rotations")
}

#[test]
fn no_kill_loses_or_tears_what_was_saved_and_none_blocks_the_next_holder() {
    println!(
        "{}",
        no_kill_loses_or_tears_what_was_saved(&Place::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn no_kill_loses_or_tears_what_was_saved_in_redis() {
    println!(
        "{}",
        no_kill_loses_or_tears_what_was_saved(&Place::redis(Duration::from_millis(50)))
    );
}
