//! A platform and the clients of its merchants.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::error::Result;
use jumpqr::response::Response;
use jumpqr::store::MemoryStore;
use jumpqr::tokens::TokenState;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Clock, ErrorKind, Platform};
use serde_json::Value;

use crate::fake::{ManualClock, count, errcode, ok};
use crate::merchants::{
    AUTHORIZER_TOKEN, COMPONENT_TOKEN, MERCHANT, PLATFORM, PUBLISH, authorise, process, publish,
    settings, strict, text, tokens,
};
use crate::unreliable::Unreliable;

#[test]
fn threads_of_many_merchants_cause_one_request_a_merchant_and_one_for_the_platform() {
    let (_, transport) = strict();
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    let everybody = Barrier::new(32);
    let appids: Vec<_> = (0..8).map(|number| format!("wx{number:016}")).collect();
    for appid in &appids {
        authorise(&platform, appid);
    }
    std::thread::scope(|scope| {
        for appid in appids.iter().cycle().take(32) {
            scope.spawn(|| {
                everybody.wait();
                publish(&platform, appid).unwrap();
            });
        }
    });
    assert_eq!(tokens(&transport), (1, 8));
    assert_eq!(count(&transport, PUBLISH), 32);
}

#[test]
fn processes_share_what_one_of_them_was_given() {
    let (_, transport) = strict();
    let store = Arc::<MemoryStore>::default();
    authorise(&process(&transport, &store), MERCHANT);
    for _ in 0..3 {
        publish(&process(&transport, &store), MERCHANT).unwrap();
    }
    assert_eq!(tokens(&transport), (1, 1));
}

#[test]
fn a_store_that_keeps_nothing_is_not_tried_for_ever() {
    let (_, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let platform = process(&transport, &store);
    store.stubborn.store(true, Ordering::SeqCst);
    let ticket = platform.set_verify_ticket("TICKET2").unwrap_err();
    let token = platform
        .set_authorizer_refresh_token(MERCHANT, "RT")
        .unwrap_err();
    assert_eq!(
        (ticket.kind(), token.kind()),
        (ErrorKind::Timeout, ErrorKind::Timeout)
    );
    assert!(store.locks.load(Ordering::SeqCst) < 2000);
}

#[test]
fn while_the_store_is_down_a_merchants_token_serves_and_nothing_is_rotated() {
    let (_, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let platform = process(&transport, &store);
    authorise(&platform, MERCHANT);
    publish(&platform, MERCHANT).unwrap();
    store.down.store(true, Ordering::SeqCst);
    publish(&platform, MERCHANT).unwrap();
    for error in [
        publish(&platform, "wx0000000000000001").unwrap_err(),
        platform.set_verify_ticket("TICKET2").unwrap_err(),
        platform
            .set_authorizer_refresh_token(MERCHANT, "RT")
            .unwrap_err(),
        platform.token_status().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Store);
    }
    assert_eq!(tokens(&transport), (1, 1));
}

#[test]
fn an_old_ticket_is_not_sent() {
    let (_, transport) = strict();
    let clock = Arc::<ManualClock>::default();
    let platform = settings(&transport)
        .clock(clock.clone())
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap();
    authorise(&platform, MERCHANT);
    platform.set_verify_ticket("TICKET").unwrap();
    let is_late = || platform.token_status().unwrap().is_verify_ticket_late();
    clock.advance(Duration::from_secs(25 * 60));
    assert!(!is_late());
    clock.advance(Duration::from_secs(1));
    assert!(is_late());
    clock.advance(Duration::from_secs(13 * 3600 - 25 * 60 - 1));
    assert_eq!(
        platform.token_status().unwrap().verify_ticket_age,
        Some(Duration::from_secs(13 * 3600))
    );
    let error = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(error.code(), OwnCode::NoVerifyTicket);
    assert!(error.message().contains("13 h"), "{error}");
    assert!(transport.sent().is_empty());
    platform.token_status().unwrap();

    platform.set_verify_ticket("TICKET").unwrap();
    publish(&platform, MERCHANT).unwrap();
}

#[test]
fn a_platform_with_the_right_appsecret_does_not_wait_for_one_with_a_wrong_one() {
    let transport = Arc::new(MemoryTransport::new(|request| {
        let body: Value = serde_json::from_slice(request.content.body.as_deref().unwrap()).unwrap();
        Ok(match request.content.path() {
            COMPONENT_TOKEN if text(&body, "component_appsecret") == "WRONG" => errcode(40125),
            COMPONENT_TOKEN => Response::ok(r#"{"component_access_token":"CT","expires_in":7200}"#),
            AUTHORIZER_TOKEN => {
                Response::ok(r#"{"authorizer_access_token":"AT","expires_in":7200}"#)
            }
            _ => ok(),
        })
    }));
    let store = Arc::<MemoryStore>::default();
    let wrong = settings(&transport)
        .token_store(store.clone())
        .build_platform(PLATFORM, "WRONG")
        .unwrap();
    wrong.set_verify_ticket("TICKET").unwrap();
    authorise(&wrong, MERCHANT);
    for _ in 0..2 {
        let error = publish(&wrong, MERCHANT).unwrap_err();
        assert_eq!(error.errcode(), Some(40125));
    }
    assert_eq!(count(&transport, COMPONENT_TOKEN), 1);
    publish(&process(&transport, &store), MERCHANT).unwrap();
}

#[test]
fn each_merchant_is_paced_by_itself_and_token_requests_are_not() {
    let (_, transport) = strict();
    let clock = Arc::<ManualClock>::default();
    let platform = settings(&transport)
        .clock(clock.clone())
        .pacing(true)
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap();
    platform.set_verify_ticket("TICKET").unwrap();
    let appids: Vec<_> = (0..40).map(|number| format!("wx{number:016}")).collect();
    for appid in &appids {
        authorise(&platform, appid);
        publish(&platform, appid).unwrap();
    }
    assert_eq!(clock.now(), Duration::ZERO);
    for _ in 0..10 {
        publish(&platform, &appids[0]).unwrap();
    }
    assert!(clock.now() > Duration::ZERO);
}

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    let (_, transport) = strict();
    let refused = |result: Result<Platform>, field: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidConfig);
        assert!(error.message().starts_with(field), "{error}");
    };
    let settings = || settings(&transport);
    refused(settings().build_platform("", "S"), "component_appid");
    refused(
        settings().build_platform(PLATFORM, "S\n"),
        "component_appsecret",
    );
    refused(
        settings().app("wx", "S").build_platform(PLATFORM, "S"),
        "appid",
    );

    let platform = process(&transport, &Arc::<MemoryStore>::default());
    for (error, field) in [
        (
            platform.set_verify_ticket("").unwrap_err(),
            "component_verify_ticket",
        ),
        (
            platform
                .set_authorizer_refresh_token(MERCHANT, "a b")
                .unwrap_err(),
            "authorizer_refresh_token",
        ),
        (
            platform.merchant("refreshtoken@@@R1").unwrap_err(),
            "authorizer_appid",
        ),
        (platform.merchant(PLATFORM).unwrap_err(), "authorizer_appid"),
        (
            platform.set_verify_ticket("<xml>T</xml>").unwrap_err(),
            "component_verify_ticket",
        ),
        (
            platform.set_verify_ticket("T".repeat(5000)).unwrap_err(),
            "component_verify_ticket",
        ),
        (platform.merchant(" wx").unwrap_err(), "authorizer_appid"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.message().starts_with(field), "{error}");
        assert!(!error.message().contains("@@@R1"), "{error}");
    }
}

#[test]
fn the_status_tells_how_tokens_stand() {
    let (_, transport) = strict();
    let platform = process(&transport, &Arc::<MemoryStore>::default());
    let of_merchant = || {
        platform
            .merchant(MERCHANT)
            .unwrap()
            .token_status()
            .unwrap()
            .unwrap()
    };
    let status = platform.token_status().unwrap();
    assert_eq!(
        (status.state, status.verify_ticket_age),
        (TokenState::Missing, Some(Duration::ZERO))
    );
    assert_eq!(of_merchant().has_refresh_token, Some(false));
    authorise(&platform, MERCHANT);
    assert_eq!(of_merchant().has_refresh_token, Some(true));
    publish(&platform, MERCHANT).unwrap();
    let status = of_merchant();
    assert_eq!(
        (status.state, status.expires_in),
        (TokenState::Valid, Some(Duration::from_secs(7200)))
    );
    assert_eq!(
        (status.store.as_str(), status.interface),
        ("memory:", "api_authorizer_token")
    );
    let fixed = settings(&transport).access_token("T").build().unwrap();
    assert_eq!(fixed.token_status().unwrap(), None);
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let (wechat, transport) = strict();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&transport, &store);
    authorise(&platform, MERCHANT);
    publish(&platform, MERCHANT).unwrap();
    let status = platform.merchant(MERCHANT).unwrap().token_status().unwrap();
    platform
        .set_authorizer_refresh_token(MERCHANT, "RT-dead")
        .unwrap();
    let lost = publish(&platform, "wx0000000000000009").unwrap_err();
    wechat.given.lock().unwrap().remove(MERCHANT);
    let dead = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(dead.errcode(), Some(61023));
    let printed = format!("{platform:?} {store:?} {status:?} {lost} {lost:?} {dead} {dead:?}");
    for secret in ["COMPONENTSECRET", "TICKET", "CT\"", "AT-", "RT-"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// How many merchants the platform has in memory.
fn in_memory(platform: &Platform) -> usize {
    let shown = format!("{platform:?}");
    let (_, after) = shown.split_once("merchants: ").unwrap();
    let (number, _) = after.split_once(',').unwrap();
    number.parse().unwrap()
}

#[test]
fn merchants_whom_nobody_uses_are_dropped_from_memory() {
    let (wechat, transport) = strict();
    let store = Arc::<Unreliable>::default();
    let clock = Arc::<ManualClock>::default();
    let platform = settings(&transport)
        .clock(clock.clone())
        .token_store(store.clone())
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap();
    platform.set_verify_ticket("TICKET").unwrap();
    let appids: Vec<_> = (0..100).map(|number| format!("wx{number:016}")).collect();
    for appid in &appids {
        authorise(&platform, appid);
        publish(&platform, appid).unwrap();
    }
    assert_eq!(in_memory(&platform), 100);

    // One has a client, one a refresh token that could not be stored.
    let held = platform.merchant(&appids[0]).unwrap();
    clock.advance(Duration::from_secs(7100));
    let unsaved = "wx9999999999999999";
    authorise(&platform, unsaved);
    store.read_only.store(true, Ordering::SeqCst);
    publish(&platform, unsaved).unwrap_err();
    store.read_only.store(false, Ordering::SeqCst);
    for _ in 0..2 {
        clock.advance(Duration::from_secs(600));
        platform.set_verify_ticket("TICKET").unwrap();
    }
    assert_eq!(in_memory(&platform), 2);
    let renewals = count(&transport, AUTHORIZER_TOKEN);
    publish(&platform, unsaved).unwrap();
    assert_eq!(count(&transport, AUTHORIZER_TOKEN), renewals);

    // A merchant that is used again has the tokens of the store.
    publish(&platform, &appids[1]).unwrap();
    assert_eq!(wechat.given.lock().unwrap()[&appids[1]], 2);
    drop(held);
    clock.advance(Duration::from_secs(600));
    for _ in 0..2 {
        platform.set_verify_ticket("TICKET").unwrap();
        clock.advance(Duration::from_secs(600));
    }
    platform.set_verify_ticket("TICKET").unwrap();
    assert_eq!(in_memory(&platform), 0);
}
