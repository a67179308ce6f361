//! The search for lost refresh tokens in WeChat's list of a platform's merchants.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::store::MemoryStore;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Clock, ErrorKind, Platform};

use crate::fake::{ManualClock, count};
use crate::merchants::{
    AUTHORIZER_LIST, AUTHORIZER_TOKEN, PLATFORM, Strict, authorise, process, publish, settings,
    strict,
};

const PAGE: Duration = Duration::from_millis(300);

fn appid(number: u32) -> String {
    format!("wx{number:016}")
}

/// A platform with so many merchants, of whose refresh tokens the store has none. A page of the
/// list takes 300 ms.
fn large(
    merchants: u32,
    timeout: Duration,
) -> (
    Arc<Strict>,
    Arc<MemoryTransport>,
    Arc<ManualClock>,
    Platform,
) {
    let (wechat, transport) = strict();
    let given = (0..merchants).map(|number| (appid(number), 3));
    wechat.given.lock().unwrap().extend(given);
    let clock = Arc::<ManualClock>::default();
    *wechat.page_takes.lock().unwrap() = Some((clock.clone(), PAGE));
    let platform = settings(&transport)
        .clock(clock.clone())
        .timeout(timeout)
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap();
    platform.set_verify_ticket("TICKET").unwrap();
    (wechat, transport, clock, platform)
}

#[test]
fn the_last_of_20000_merchants_is_found_by_a_few_short_calls() {
    let (_, transport, _, platform) = large(20_000, Duration::from_secs(5));
    let mut read = 0;
    for calls in 1.. {
        assert!(calls < 5, "the last merchant is not found");
        let Err(error) = publish(&platform, &appid(19_999)) else {
            break;
        };
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.is_retryable());
        assert!(error.advice().contains("Call again"), "{}", error.advice());
        let message = error.message();
        let (before, _) = message.split_once(" of 20000 were read").expect(message);
        let further: u32 = before.rsplit(' ').next().unwrap().parse().unwrap();
        assert!(further > read, "{message}");
        read = further;
    }
    assert!(read > 0);
    // 40 pages of 500, of which each begins with the last merchant of the former; a few were broken
    // off.
    assert!(count(&transport, AUTHORIZER_LIST) <= 47);
}

#[test]
fn the_last_of_20000_merchants_is_found_by_one_call_with_time_enough() {
    let (_, transport, clock, platform) = large(20_000, Duration::from_secs(30));
    publish(&platform, &appid(19_999)).unwrap();
    assert!(clock.now() < Duration::from_secs(20), "{:?}", clock.now());
    assert!(count(&transport, AUTHORIZER_LIST) <= 43);
}

#[test]
fn a_merchant_who_is_not_in_a_long_list_is_told_after_some_calls() {
    let (_, transport, _, platform) = large(20_000, Duration::from_secs(5));
    let codes: Vec<_> = (0..5)
        .map(|_| publish(&platform, "wxabsent").unwrap_err().code())
        .collect();
    assert!(codes.contains(&OwnCode::NoRefreshToken.into()), "{codes:?}");
    assert!(count(&transport, AUTHORIZER_LIST) <= 47);
}

#[test]
fn merchants_who_search_at_the_same_time_share_one_walk() {
    let (_, transport, _, platform) = large(20_000, Duration::from_secs(3600));
    let appids: Vec<_> = (0..8).map(|number| appid(number * 2_500 + 499)).collect();
    let everybody = Barrier::new(appids.len());
    std::thread::scope(|scope| {
        for appid in &appids {
            scope.spawn(|| {
                everybody.wait();
                publish(&platform, appid).unwrap();
            });
        }
    });
    // One walk, and a second round at most for those who came when it was under way.
    assert!(count(&transport, AUTHORIZER_LIST) <= 84);
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 8);
}

#[test]
fn a_search_is_not_lost_by_merchants_who_leave_meanwhile() {
    let (wechat, _, _, platform) = large(5_000, Duration::from_secs(30));
    let mut leaving = 0;
    *wechat.meanwhile.lock().unwrap() = Some(Box::new(move |given| {
        for _ in 0..100 {
            given.remove(&appid(leaving));
            leaving += 1;
        }
    }));
    publish(&platform, &appid(4_500)).unwrap();
}

#[test]
fn a_search_that_pauses_keeps_what_another_call_has_read_for_it() {
    let (_, transport, clock, platform) = large(20_000, Duration::from_secs(2));
    publish(&platform, &appid(4_999)).unwrap_err();
    // Another merchant's calls read on, past the first one's page.
    while publish(&platform, &appid(15_000)).is_err() {}
    let lists = count(&transport, AUTHORIZER_LIST);
    clock.advance(Duration::from_secs(600));
    publish(&platform, &appid(4_999)).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_LIST), lists);
}

#[test]
fn a_refused_token_of_a_page_read_before_is_followed_by_a_fresh_look() {
    let (wechat, transport) = strict();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&transport, &store);
    let (x, y) = (appid(1), appid(2));
    for merchant in [&x, &y] {
        authorise(&platform, merchant);
    }
    let lose = |merchant: &str| {
        wechat.loses_answers.store(true, Ordering::SeqCst);
        publish(&platform, merchant).unwrap_err();
        wechat.loses_answers.store(false, Ordering::SeqCst);
    };
    lose(&y);
    lose(&x);
    // X's recovery keeps the page, on which Y has its second refresh token.
    publish(&platform, &x).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_LIST), 1);
    *wechat.given.lock().unwrap().get_mut(&y).unwrap() += 1;
    publish(&platform, &y).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_LIST), 2);
}

#[test]
fn a_refusal_is_final_after_a_look_at_the_list_only() {
    let (wechat, transport) = strict();
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    let (x, y) = (appid(1), appid(2));
    authorise(&platform, &x);
    authorise(&platform, &y);
    // Each page is out of date as soon as it is written: somebody else renews Y's tokens, too.
    let other = y.clone();
    *wechat.meanwhile.lock().unwrap() = Some(Box::new(move |given| {
        *given.get_mut(&other).unwrap() += 1;
    }));
    wechat.given.lock().unwrap().insert(y.clone(), 7);
    let error = publish(&platform, &y).unwrap_err();
    assert_eq!(error.errcode(), Some(61023));
    assert!(error.is_retryable());
    assert!(error.advice().contains("share one token store"));
    // It is not remembered as final.
    *wechat.meanwhile.lock().unwrap() = None;
    publish(&platform, &y).unwrap();
}

#[test]
fn a_merchant_whom_the_list_has_is_told_to_call_later() {
    let (wechat, transport) = strict();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&transport, &store);
    let appid = appid(1);
    authorise(&platform, &appid);
    wechat.given.lock().unwrap().insert(appid.clone(), 0);
    wechat.unknown.lock().unwrap().insert(appid.clone());
    // The second is the refusal that is remembered; another process reads it in the store.
    let other = process(&transport, &store);
    for platform in [&platform, &platform, &other] {
        let error = publish(platform, &appid).unwrap_err();
        assert_eq!(error.errcode(), Some(61003));
        assert!(error.is_retryable());
        assert!(
            error.advice().contains("within hours"),
            "{}",
            error.advice()
        );
    }
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), 1);
}

#[test]
fn merchants_who_have_withdrawn_their_authorisation_cause_one_walk() {
    let (wechat, transport) = strict();
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    let appids: Vec<_> = (0..20).map(appid).collect();
    wechat.unknown.lock().unwrap().extend(appids.clone());
    for appid in &appids {
        authorise(&platform, appid);
    }
    for appid in &appids {
        let error = publish(&platform, appid).unwrap_err();
        assert_eq!(error.errcode(), Some(61003));
        assert!(!error.is_retryable());
    }
    assert_eq!(count(&transport, AUTHORIZER_LIST), 1);
    // A new authorisation may not be on the pages that were read.
    authorise(&platform, &appids[0]);
    wechat.given.lock().unwrap().insert(appids[0].clone(), 0);
    let error = publish(&platform, &appids[0]).unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(count(&transport, AUTHORIZER_LIST), 2);
}
