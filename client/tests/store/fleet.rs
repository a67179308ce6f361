//! Processes that share one account through a store, at a WeChat whose tokens live for 2 s, and that kills each as soon as it
//! issues the next.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jumpqr::store::TokenStore;
use jumpqr_sandbox::{Interface, OldRefreshToken};

use crate::place::Place;
use crate::process::Other;
use crate::wechat;

const PROCESSES: usize = 4;
const THREADS: u64 = 16;

/// How long each process makes calls.
const SHIFT: Duration = Duration::from_secs(30);

/// How long a token lives.
const LIFE: Duration = Duration::from_secs(2);

/// Between two calls of a thread: the machine is to be busy, not overloaded.
const BETWEEN_CALLS: Duration = Duration::from_millis(100);

/// Makes calls from many threads, and tells how many there were, and how many failed.
pub(crate) fn work(store: &Arc<dyn TokenStore>, shared_file: &Path, tell: impl Fn(u64)) {
    let client = wechat::app(&wechat::base_url(shared_file), store);
    let (calls, failures) = (AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while begun.elapsed() < SHIFT {
                    calls.fetch_add(1, Ordering::SeqCst);
                    if let Err(error) = wechat::call(&client) {
                        failures.fetch_add(1, Ordering::SeqCst);
                        wechat::report(&error, shared_file);
                    }
                    std::thread::sleep(BETWEEN_CALLS);
                }
            });
        }
    });
    tell(calls.into_inner());
    tell(failures.into_inner());
}

fn one_token_a_life_and_no_call_fails(place: &Place) -> String {
    let sandbox = wechat::strict(LIFE, OldRefreshToken::DiesAtOnce);
    wechat::publish(&sandbox, place);
    let begun = Instant::now();
    let mut others: Vec<_> = (0..PROCESSES)
        .map(|_| Other::start("work", place))
        .collect();
    let told: Vec<_> = others
        .iter_mut()
        .map(|other| (other.says().unwrap(), other.says().unwrap()))
        .collect();
    let lives = begun.elapsed().as_millis().div_ceil(LIFE.as_millis());

    let requests = sandbox.counters().calls_of(Interface::StableToken);
    let calls: u64 = told.iter().map(|(calls, _)| calls).sum();
    let failures: u64 = told.iter().map(|(_, failures)| failures).sum();
    let figures =
        format!("{calls} calls, {failures} failed; {requests} token requests in {lives} lives");
    assert_eq!(failures, 0, "{figures}: {}", wechat::reported(place));
    assert!(
        requests > 10 && u128::from(requests) <= lives + 1,
        "{figures}"
    );
    assert!(calls > requests * 10, "{figures}");
    figures
}

#[test]
fn a_fleet_asks_for_one_token_a_life_and_no_call_fails() {
    println!(
        "fleet, directory: {}",
        one_token_a_life_and_no_call_fails(&Place::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn a_fleet_asks_for_one_token_a_life_through_redis() {
    println!(
        "fleet, redis: {}",
        one_token_a_life_and_no_call_fails(&Place::redis(crate::LONG))
    );
}
