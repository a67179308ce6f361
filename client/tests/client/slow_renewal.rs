//! Renewals that take long or fail: the store or the holder of the lease hangs or fails, or no
//! answer comes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier, OnceLock};
use std::time::Duration;

use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::store::{MemoryStore, TokenStore};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Clock, ErrorKind};

use crate::fake::{Counter, ManualClock, STABLE_TOKEN, app, count, errcode, ok, token, token_of};
use crate::shared_token::{LONG, add, key, sharing, strict};
use crate::unreliable::{Unreliable, Work};

#[test]
fn while_another_process_renews_the_former_token_serves_and_then_the_deadline_bounds_the_wait() {
    let (transport, store, clock) = (strict(), Arc::<MemoryStore>::default(), Arc::default());
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();

    clock.advance(Duration::from_secs(7150));
    add(&client).unwrap();
    add(&sharing(&transport, &store, &clock)).unwrap();
    clock.advance(Duration::from_secs(300));
    let error = add(&client.with_timeout(Duration::from_secs(7)).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(count(&transport, STABLE_TOKEN), 1);

    store.release(&key(), lease, LONG).unwrap();
    add(&client).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
}

#[test]
fn a_holder_that_hangs_loses_its_lease_and_its_late_token_is_not_used() {
    let (store, clock) = (Arc::<Unreliable>::default(), Arc::<ManualClock>::default());
    let successor = Arc::<OnceLock<Client>>::default();
    let fetches = Counter::default();
    // It holds the transport, which must not hold it in turn.
    let inside = Arc::downgrade(&successor);
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN if fetches.next() == 0 => {
                add(inside.upgrade().unwrap().get().unwrap()).unwrap();
                token("LATE", 7200)
            }
            STABLE_TOKEN => token("NEXT", 7200),
            _ if token_of(request) == "NEXT" => ok(),
            _ => errcode(61003),
        })
    }));
    successor.set(sharing(&transport, &store, &clock)).unwrap();
    let late = sharing(&transport, &store, &clock);
    store.hasty.store(true, Ordering::SeqCst);
    add(&late).unwrap();
    add(&late).unwrap();
    add(&sharing(&transport, &store, &clock)).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
}

#[test]
fn while_the_store_is_down_memory_serves_and_the_store_is_used_again_when_it_is_back() {
    let (transport, store, clock) = (strict(), Arc::<Unreliable>::default(), Arc::default());
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    store.down.store(true, Ordering::SeqCst);
    for later in [0, 6000, 1150] {
        clock.advance(Duration::from_secs(later));
        add(&client).unwrap();
    }
    clock.advance(Duration::from_secs(300));
    for client in [&client, &sharing(&transport, &store, &clock)] {
        let error = add(client).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        assert!(error.is_retryable());
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 1);

    store.down.store(false, Ordering::SeqCst);
    add(&client).unwrap();
    add(&sharing(&transport, &store, &clock)).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
}

#[test]
fn a_store_that_hangs_while_a_token_is_due_leaves_time_for_the_call() {
    let (transport, store) = (strict(), Arc::<Unreliable>::default());
    let clock = Arc::<ManualClock>::default();
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    clock.advance(Duration::from_secs(7150));
    store.take(LONG, &clock);
    let client = client.with_timeout(Duration::from_secs(2)).unwrap();
    add(&client).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
}

#[test]
fn a_slow_store_does_not_hold_a_call_past_its_deadline() {
    let (transport, store) = (strict(), Arc::<Unreliable>::default());
    let clock = Arc::<ManualClock>::default();
    store.take(Duration::from_millis(400), &clock);
    let client = sharing(&transport, &store, &clock);
    let client = client.with_timeout(Duration::from_secs(1)).unwrap();
    let error = add(&client).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Store),
        "{error}"
    );
    // To save and to let others go on it may take 200 ms each.
    assert!(
        clock.now() <= Duration::from_millis(1400),
        "{:?}",
        clock.now()
    );
    assert_eq!(count(&transport, STABLE_TOKEN), 0);
}

#[test]
fn a_call_with_time_left_does_not_fail_when_another_call_times_out() {
    let fetches = Counter::default();
    let first = Arc::new(Barrier::new(2));
    let begun = first.clone();
    let clock = Arc::<ManualClock>::default();
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN if fetches.next() == 0 => {
                begun.wait();
                // Time to wait for this fetch; if it is too short, the other fetches for itself, which is as good.
                std::thread::sleep(Duration::from_millis(100));
                passing.advance(Duration::from_secs(2));
                let cause = FailureCause::Timeout;
                return Err(SendFailure::after_sending(cause, "it took too long"));
            }
            STABLE_TOKEN => token("T", 7200),
            _ => ok(),
        })
    }));
    let client = app(&transport).clock(clock).max_retries(0).build().unwrap();
    let short = client.with_timeout(Duration::from_secs(1)).unwrap();
    std::thread::scope(|scope| {
        let short = scope.spawn(move || add(&short));
        first.wait();
        add(&client).unwrap();
        let error = short.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    });
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
}

#[test]
fn a_call_that_waits_for_a_renewal_that_fails_uses_the_living_token_of_the_store() {
    let (transport, store) = (strict(), Arc::<Unreliable>::default());
    let clock = Arc::<ManualClock>::default();
    add(&sharing(&transport, &store, &clock)).unwrap();
    clock.advance(Duration::from_secs(7150));
    let late = sharing(&transport, &store, &clock);
    let other = late.clone();
    let waiting = Arc::<OnceLock<_>>::default();
    let started = waiting.clone();
    let then = store.clone();
    store.before(Work::Lock, move || {
        started
            .set(std::thread::spawn(move || add(&other)))
            .unwrap();
        // Time to find that a fetch is under way; if it is too short, the thread finds the token itself.
        std::thread::sleep(Duration::from_millis(50));
        then.down.store(true, Ordering::SeqCst);
    });
    add(&late).unwrap();
    let waiting = Arc::into_inner(waiting).unwrap().into_inner().unwrap();
    waiting.join().unwrap().unwrap();
}

#[test]
fn a_token_request_that_took_too_long_is_made_again_while_there_is_time() {
    let fetches = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN if fetches.next() == 0 => {
                let cause = FailureCause::Timeout;
                return Err(SendFailure::after_sending(cause, "it took too long"));
            }
            STABLE_TOKEN => token("T", 7200),
            _ => ok(),
        })
    }));
    add(&app(&transport).max_retries(0).build().unwrap()).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
}

/// A WeChat that says nothing for as long as anybody waits.
fn silent(clock: &Arc<ManualClock>) -> Arc<MemoryTransport> {
    let passing = clock.clone();
    Arc::new(MemoryTransport::new(move |request| {
        passing.advance(request.timeout);
        let cause = FailureCause::Timeout;
        Err(SendFailure::after_sending(cause, "the server says nothing"))
    }))
}

#[test]
fn a_server_that_gives_no_token_is_asked_at_most_twice() {
    for seconds in [1, 30, 3600] {
        let clock = Arc::<ManualClock>::default();
        let transport = silent(&clock);
        let client = sharing(&transport, &Arc::<MemoryStore>::default(), &clock);
        let client = client.with_timeout(Duration::from_secs(seconds)).unwrap();
        let error = add(&client).unwrap_err();
        assert_eq!(error.message(), "the server says nothing");
        assert_eq!(count(&transport, STABLE_TOKEN), 2);
    }
}

#[test]
fn if_no_time_is_left_to_ask_again_the_error_names_the_server_and_not_the_store() {
    let (store, clock) = (Arc::<Unreliable>::default(), Arc::<ManualClock>::default());
    let transport = silent(&clock);
    store.take(Duration::from_millis(80), &clock);
    let client = sharing(&transport, &store, &clock);
    let client = client.with_timeout(Duration::from_secs(1)).unwrap();
    let error = add(&client).unwrap_err();
    assert_eq!(clock.now(), Duration::from_secs(1));
    assert_eq!(error.message(), "the server says nothing");
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
}

#[test]
fn the_status_of_a_token_in_a_store_that_hangs_comes_or_fails_within_the_timeout() {
    let (store, clock) = (Arc::<Unreliable>::default(), Arc::<ManualClock>::default());
    store.take(LONG, &clock);
    let client = sharing(&strict(), &store, &clock);
    let client = client.with_timeout(Duration::from_millis(500)).unwrap();
    assert_eq!(client.token_status().unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(clock.now(), Duration::from_millis(500));
}
