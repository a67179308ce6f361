//! A process that replaces a token in a store is killed many times, at any moment.

use std::time::Duration;

use jumpqr::store::TokenStore;

use crate::process::{self, ChildProcess};
use crate::shared_store::SharedStore;
use crate::{get, key};

const KILLS: u32 = 250;

/// Returns the token with this number. It is long, so that a torn one would be detected.
fn token(number: u64) -> Vec<u8> {
    format!("{number} ").repeat(500).into_bytes()
}

/// Returns the number of a token, which must be whole.
fn number(stored: &[u8]) -> u64 {
    let text = std::str::from_utf8(stored).unwrap();
    let number = text.split_once(' ').unwrap().0.parse().unwrap();
    assert_eq!(stored, token(number), "the token is torn");
    number
}

/// Replaces the token by the next one, for ever, and reports each that was saved.
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

fn check_that_no_kill_loses_or_tears_a_token(shared: &SharedStore) -> String {
    let store = shared.open();
    let mut last = 0;
    let mut amid = 0;
    for kill in 0..KILLS {
        let mut other = ChildProcess::start("rotate", shared);
        let first = other
            .next_number()
            .expect("the lease of a killed process blocks");
        // Spreads the kills over a whole rotation.
        std::thread::sleep(Duration::from_micros(u64::from(kill) * 37 % 9000));
        other.kill();
        amid += u32::from(shared.is_held());
        let last_report = std::iter::from_fn(|| other.next_number())
            .last()
            .unwrap_or(first);

        let stored = number(&get(&*store).unwrap());
        assert!(first > last, "a token was lost before {first}");
        assert!(
            stored == last_report || stored == last_report + 1,
            "{last_report}, then {stored}"
        );
        last = stored;
    }
    assert!(amid > KILLS / 10, "the kills hit nothing: {amid}");
    format!("{KILLS} kills, {amid} of them in the middle of a rotation, {last} rotations")
}

#[test]
fn no_kill_loses_or_tears_a_token_or_blocks_the_next_holder() {
    println!(
        "{}",
        check_that_no_kill_loses_or_tears_a_token(&SharedStore::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn no_kill_loses_or_tears_a_token_in_redis() {
    println!(
        "{}",
        check_that_no_kill_loses_or_tears_a_token(&SharedStore::redis(Duration::from_millis(50)))
    );
}
