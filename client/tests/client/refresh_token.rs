//! What becomes of refresh tokens, of which each answer brings a new one and kills the one before.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::store::{Key, MemoryStore, TokenStore};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Clock, ErrorKind, Outcome, Platform};

use crate::fake::{ManualClock, count};
use crate::merchants::{
    AUTHORIZER_LIST, AUTHORIZER_TOKEN, MERCHANT, PLATFORM, PUBLISH, authorise, named, process,
    publish, settings, strict,
};
use crate::unreliable::{Unreliable, Work};

#[test]
fn an_access_token_is_used_only_once_its_refresh_token_is_stored() {
    let (_, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let platform = process(&transport, &store);
    authorise(&platform, MERCHANT);
    store.read_only.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let error = publish(&platform, MERCHANT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        assert_eq!(error.outcome(), Outcome::NotApplied);
    }
    assert_eq!(
        (
            count(&transport, AUTHORIZER_TOKEN),
            count(&transport, PUBLISH)
        ),
        (1, 0)
    );

    store.read_only.store(false, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap();
    assert_eq!(
        (
            count(&transport, AUTHORIZER_TOKEN),
            count(&transport, PUBLISH)
        ),
        (1, 1)
    );
    publish(&process(&transport, &store), MERCHANT).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 1);
}

#[test]
fn a_late_holder_stores_its_refresh_token_unless_the_store_has_a_later_one() {
    for gone_on in [false, true] {
        let (_, transport) = strict();
        let store = Arc::<Unreliable>::default();
        let platform = process(&transport, &store);
        authorise(&platform, MERCHANT);
        // So that the platform's own token is there.
        publish(&platform, "wx0000000000000000").unwrap_err();
        store.hasty.store(true, Ordering::SeqCst);
        let key = Key::new("api_authorizer_token", MERCHANT, &[PLATFORM]).unwrap();
        let (intruder, other) = (store.clone(), process(&transport, &store));
        store.before(Work::Save, move || {
            if gone_on {
                publish(&other, MERCHANT).unwrap();
            } else {
                let lease = intruder
                    .store
                    .lock(&key, Duration::ZERO, Duration::ZERO)
                    .unwrap()
                    .unwrap();
                intruder.store.release(&key, lease, Duration::ZERO).unwrap();
            }
        });
        publish(&platform, MERCHANT).unwrap();
        publish(&process(&transport, &store), MERCHANT).unwrap();
        let lists = count(&transport, AUTHORIZER_LIST);
        let renewals = count(&transport, AUTHORIZER_TOKEN);
        // Who goes on in between finds the stored refresh token dead, and gets the next from the list.
        let expected = if gone_on { (2, 3) } else { (1, 1) };
        assert_eq!((lists, renewals), expected, "{gone_on}");
    }
}

#[test]
fn a_new_authorisation_that_comes_before_a_late_refresh_token_is_stored_wins() {
    let (_, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let platform = process(&transport, &store);
    authorise(&platform, MERCHANT);
    store.read_only.store(true, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap_err();
    store.read_only.store(false, Ordering::SeqCst);
    let other = process(&transport, &store);
    other
        .set_authorizer_refresh_token(MERCHANT, named("RT", MERCHANT, 1))
        .unwrap();
    publish(&platform, MERCHANT).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 2);
    assert_eq!(count(&transport, AUTHORIZER_LIST), 0);
}

#[test]
fn a_refresh_token_whose_answer_got_lost_is_found_again() {
    let (wechat, transport) = strict();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&transport, &store);
    authorise(&platform, MERCHANT);
    wechat.loses_answers.store(true, Ordering::SeqCst);
    let error = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    wechat.loses_answers.store(false, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_LIST), 1);
}

#[test]
fn the_list_is_read_once_for_all_merchants_whose_refresh_tokens_got_lost() {
    let (wechat, transport) = strict();
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    let appids: Vec<_> = (0..40).map(|number| format!("wx{number:016}")).collect();
    for appid in &appids {
        wechat.given.lock().unwrap().insert(appid.clone(), 3);
    }
    for appid in &appids {
        publish(&platform, appid).unwrap();
    }
    assert_eq!(count(&transport, AUTHORIZER_LIST), 1);
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 40);
}

#[test]
fn a_list_that_does_not_end_is_not_read_for_ever() {
    let (wechat, transport) = strict();
    wechat.list_repeats.store(true, Ordering::SeqCst);
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    let error = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(error.code(), OwnCode::NoRefreshToken);
    assert_eq!(count(&transport, AUTHORIZER_LIST), 2);
}

#[test]
fn a_list_that_is_refused_is_not_asked_for_again_at_once() {
    let (wechat, transport) = strict();
    wechat.list_refused.store(45009, Ordering::SeqCst);
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    for _ in 0..3 {
        let error = publish(&platform, MERCHANT).unwrap_err();
        assert_eq!(error.errcode(), Some(45009));
    }
    assert_eq!(count(&transport, AUTHORIZER_LIST), 1);
}

#[test]
fn an_authorisation_is_called_gone_only_after_the_list_was_read() {
    let (wechat, transport) = strict();
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    wechat.given.lock().unwrap().insert(MERCHANT.to_owned(), 3);
    authorise(&platform, MERCHANT);
    wechat.list_refused.store(-1, Ordering::SeqCst);
    let error = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.is_retryable());
    wechat.list_refused.store(0, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap();
}

#[test]
fn the_result_of_a_renewal_is_not_cached_after_a_new_authorisation() {
    let (_, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let platform = process(&transport, &store);
    // So that the platform's own token is there.
    publish(&platform, "wx0000000000000000").unwrap_err();
    authorise(&platform, MERCHANT);
    store.hasty.store(true, Ordering::SeqCst);
    let same = platform.clone();
    store.before(Work::Release, move || {
        let next = named("RT", MERCHANT, 1);
        same.set_authorizer_refresh_token(MERCHANT, next).unwrap();
    });
    publish(&platform, MERCHANT).unwrap();
    publish(&platform, MERCHANT).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 2);
}

#[test]
fn a_new_authorisation_is_tried_at_once_whatever_was_refused_before() {
    let (wechat, transport) = strict();
    wechat.list_refused.store(45009, Ordering::SeqCst);
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    for times in 1..3 {
        platform
            .set_authorizer_refresh_token(MERCHANT, "dead")
            .unwrap();
        for _ in 0..2 {
            publish(&platform, MERCHANT).unwrap_err();
        }
        assert_eq!(count(&transport, AUTHORIZER_TOKEN), times);
    }
}

#[test]
fn an_unsaved_refresh_token_survives_a_store_that_has_lost_everything() {
    let (wechat, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let platform = process(&transport, &store);
    authorise(&platform, MERCHANT);
    store.read_only.store(true, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap_err();
    store.read_only.store(false, Ordering::SeqCst);
    let key = Key::new("api_authorizer_token", MERCHANT, &[PLATFORM]).unwrap();
    let lease = store.store.lock(&key, Duration::ZERO, Duration::ZERO);
    let lease = lease.unwrap().unwrap();
    assert!(
        store
            .store
            .save(&key, b"{}", &lease, Duration::ZERO)
            .unwrap()
    );
    store.store.release(&key, lease, Duration::ZERO).unwrap();
    wechat.list_refused.store(45009, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 1);
}

/// A process of the platform's whose calls may take 20 s.
fn timed(
    transport: &Arc<MemoryTransport>,
    store: &Arc<Unreliable>,
    clock: &Arc<ManualClock>,
) -> Platform {
    settings(transport)
        .token_store(store.clone())
        .clock(clock.clone())
        .timeout(Duration::from_secs(20))
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap()
}

#[test]
fn a_refresh_token_is_stored_within_the_call_though_the_store_fails_for_some_time() {
    for times in [1, 2, 10] {
        let (_, transport) = strict();
        let (store, clock) = (Arc::<Unreliable>::default(), Arc::default());
        let platform = timed(&transport, &store, &clock);
        platform.set_verify_ticket("TICKET").unwrap();
        // So that the platform's own token is there.
        publish(&platform, "wx0000000000000000").unwrap_err();
        authorise(&platform, MERCHANT);
        store.fail(Work::Save, times);
        publish(&platform, MERCHANT).unwrap();
        assert!(clock.now() < Duration::from_secs(20), "{:?}", clock.now());
        publish(&process(&transport, &store), MERCHANT).unwrap();
        assert_eq!(count(&transport, AUTHORIZER_TOKEN), 1);
    }
}

#[test]
fn a_store_that_fails_once_fails_no_call() {
    for work in [Work::Load, Work::Lock, Work::Save, Work::Release] {
        let (_, transport) = strict();
        let (store, clock) = (Arc::<Unreliable>::default(), Arc::default());
        let platform = timed(&transport, &store, &clock);
        store.fail(work, 1);
        platform.set_verify_ticket("TICKET").unwrap();
        store.fail(work, 1);
        authorise(&platform, MERCHANT);
        store.fail(work, 1);
        publish(&platform, MERCHANT).unwrap();
        // Nobody waits for a lease that was not released.
        publish(&timed(&transport, &store, &clock), MERCHANT).unwrap();
        assert!(clock.now() < Duration::from_secs(1), "{:?}", clock.now());
        assert_eq!(count(&transport, AUTHORIZER_TOKEN), 1);
    }
}

#[test]
fn a_refresh_token_that_cannot_be_stored_is_reported_and_stored_at_the_end_of_the_process() {
    let (_, transport) = strict();
    let (store, clock) = (Arc::<Unreliable>::default(), Arc::default());
    let platform = timed(&transport, &store, &clock);
    platform.set_verify_ticket("TICKET").unwrap();
    authorise(&platform, MERCHANT);
    store.read_only.store(true, Ordering::SeqCst);
    let begun = clock.now();
    let error = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    assert!(error.is_retryable());
    let message = error.message();
    assert!(
        message.contains("could not be stored: it is down"),
        "{message}"
    );
    assert!(message.contains(MERCHANT), "{message}");
    assert!(
        error.advice().contains("list of merchants"),
        "{}",
        error.advice()
    );
    let tried = clock.now().saturating_sub(begun);
    assert!(tried > Duration::from_secs(15), "{tried:?}");

    store.read_only.store(false, Ordering::SeqCst);
    drop(platform);
    publish(&process(&transport, &store), MERCHANT).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 1);
}
