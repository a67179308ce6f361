//! Processes that share one account through a store. WeChat's tokens live for 2 s, and each ends as
//! soon as the next one is issued.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jumpqr::store::TokenStore;
use jumpqr_sandbox::{Interface, OldRefreshToken};

use crate::process::ChildProcess;
use crate::shared_store::SharedStore;
use crate::wechat;

const PROCESSES: usize = 4;
const THREADS: u64 = 16;

/// How long each process makes calls.
const SHIFT: Duration = Duration::from_secs(30);

/// How long a token lives.
const LIFE: Duration = Duration::from_secs(2);

/// The pause between two calls of a thread: the machine should be busy, not overloaded.
const BETWEEN_CALLS: Duration = Duration::from_millis(100);

/// Makes calls from many threads, and reports how many there were, and how many failed.
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

fn check_that_each_life_has_one_token_and_no_call_fails(shared: &SharedStore) -> String {
    let sandbox = wechat::strict(LIFE, OldRefreshToken::DiesAtOnce);
    wechat::publish(&sandbox, shared);
    let begun = Instant::now();
    let mut others: Vec<_> = (0..PROCESSES)
        .map(|_| ChildProcess::start("work", shared))
        .collect();
    let reports: Vec<_> = others
        .iter_mut()
        .map(|other| (other.next_number().unwrap(), other.next_number().unwrap()))
        .collect();
    let lives = begun.elapsed().as_millis().div_ceil(LIFE.as_millis());

    let requests = sandbox.counters().calls_of(Interface::StableToken);
    let calls: u64 = reports.iter().map(|(calls, _)| calls).sum();
    let failures: u64 = reports.iter().map(|(_, failures)| failures).sum();
    let figures =
        format!("{calls} calls, {failures} failed; {requests} token requests in {lives} lives");
    assert_eq!(failures, 0, "{figures}: {}", wechat::reported(shared));
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
        check_that_each_life_has_one_token_and_no_call_fails(&SharedStore::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn a_fleet_asks_for_one_token_a_life_through_redis() {
    println!(
        "fleet, redis: {}",
        check_that_each_life_has_one_token_and_no_call_fails(&SharedStore::redis(crate::LONG))
    );
}
