//! A platform and its merchants, at a WeChat where each answer brings a new refresh token and kills the one before.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use jumpqr::answer::Reply;
use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::error::Result;
use jumpqr::store::{Key, MemoryStore, TokenStore};
use jumpqr::token::TokenState;
use jumpqr::transport::{HttpRequest, MemoryTransport};
use jumpqr::{Client, ClientBuilder, Clock, ErrorKind, Outcome, Platform};
use serde_json::{Value, json};

use crate::fake::{ManualClock, count, errcode, ok, token_of};
use crate::unreliable::{Unreliable, Work};

const COMPONENT_TOKEN: &str = "/cgi-bin/component/api_component_token";
const AUTHORIZER_TOKEN: &str = "/cgi-bin/component/api_authorizer_token";
const AUTHORIZER_LIST: &str = "/cgi-bin/component/api_get_authorizer_list";
const PUBLISH: &str = "/cgi-bin/wxopen/qrcodejumppublish";

const PLATFORM: &str = "wxplatform00000000";
const MERCHANT: &str = "wx1234567890abcdef";

/// How often each merchant was given a refresh token; the last one lives.
#[derive(Default)]
struct Strict {
    given: Mutex<HashMap<String, u32>>,
    /// Whether answers with tokens of merchants get lost.
    loses_answers: AtomicBool,
    /// What the list of merchants is refused with, if not 0.
    list_refused: AtomicI64,
    /// Whether the list of merchants begins again with every page.
    list_repeats: AtomicBool,
}

fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap()
}

/// The token of either sort that a merchant was given at this time.
fn named(sort: &str, appid: &str, number: u32) -> String {
    format!("{sort}-{appid}-{number}")
}

impl Strict {
    fn answer(&self, request: &HttpRequest<'_>) -> Result<Reply, SendFailure> {
        let body: Value = serde_json::from_slice(request.body().unwrap()).unwrap();
        let mut given = self.given.lock().unwrap();
        let answer = |value: Value| Ok(Reply::ok(value.to_string()));
        match request.path() {
            COMPONENT_TOKEN => answer(json!({"component_access_token": "CT", "expires_in": 7200})),
            AUTHORIZER_TOKEN => {
                let appid = text(&body, "authorizer_appid");
                let number = given.entry(appid.to_owned()).or_default();
                if text(&body, "authorizer_refresh_token") != named("RT", appid, *number) {
                    return Ok(errcode(61023));
                }
                *number += 1;
                if self.loses_answers.load(Ordering::SeqCst) {
                    return Err(SendFailure::after_sending(
                        FailureCause::ConnectionLost,
                        "the connection was lost",
                    ));
                }
                answer(json!({
                    "authorizer_access_token": named("AT", appid, *number),
                    "expires_in": 7200,
                    "authorizer_refresh_token": named("RT", appid, *number),
                }))
            }
            AUTHORIZER_LIST if self.list_refused.load(Ordering::SeqCst) != 0 => {
                Ok(errcode(self.list_refused.load(Ordering::SeqCst)))
            }
            AUTHORIZER_LIST if self.list_repeats.load(Ordering::SeqCst) => {
                let other = json!({"authorizer_appid": "wx0000000000000001", "refresh_token": "R"});
                answer(json!({"total_count": 1_000_000, "list": [other]}))
            }
            AUTHORIZER_LIST => {
                let list: Vec<_> = given
                    .iter()
                    .map(|(appid, number)| json!({"authorizer_appid": appid, "refresh_token": named("RT", appid, *number)}))
                    .collect();
                answer(json!({"total_count": list.len(), "list": list}))
            }
            _ => {
                let token = token_of(request);
                let lives = given
                    .iter()
                    .any(|(appid, number)| token == named("AT", appid, *number));
                Ok(if lives { ok() } else { errcode(40001) })
            }
        }
    }
}

fn strict() -> (Arc<Strict>, Arc<MemoryTransport>) {
    let wechat = Arc::<Strict>::default();
    let answering = wechat.clone();
    let transport = MemoryTransport::new(move |request| answering.answer(request));
    (wechat, Arc::new(transport))
}

fn settings(transport: &Arc<MemoryTransport>) -> ClientBuilder {
    Client::builder()
        .transport(transport.clone())
        .clock(Arc::new(ManualClock::default()))
        .max_retries(0)
        .pacing(false)
}

/// A process of the platform's, with a ticket; its merchants have authorised it.
fn process(transport: &Arc<MemoryTransport>, store: &Arc<impl TokenStore>) -> Platform {
    let platform = settings(transport)
        .token_store(store.clone())
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap();
    platform.set_verify_ticket("TICKET").unwrap();
    platform
}

fn authorise(platform: &Platform, appid: &str) {
    platform
        .set_authorizer_refresh_token(appid, named("RT", appid, 0))
        .unwrap();
}

fn publish(platform: &Platform, appid: &str) -> Result<()> {
    let client = platform.merchant(appid)?;
    client
        .publish_jump_qr_code("https://m.example.cn/a")
        .map(drop)
}

fn tokens(transport: &MemoryTransport) -> (usize, usize) {
    (
        count(transport, COMPONENT_TOKEN),
        count(transport, AUTHORIZER_TOKEN),
    )
}

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
fn a_late_holder_stores_its_refresh_token_unless_the_store_has_gone_on() {
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
    assert_eq!(error.code(), "no_refresh_token");
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
fn whether_an_authorisation_is_gone_is_not_said_before_the_list_is_read() {
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
fn what_comes_of_a_renewal_is_not_held_once_a_new_authorisation_has_come() {
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
fn what_was_not_stored_outlives_a_store_that_has_lost_everything() {
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
    clock.advance(Duration::from_secs(13 * 3600));
    assert_eq!(
        platform.token_status().unwrap().verify_ticket_age,
        Some(Duration::from_secs(13 * 3600))
    );
    let error = publish(&platform, MERCHANT).unwrap_err();
    assert_eq!(error.code(), "no_verify_ticket");
    assert!(error.message().contains("13 h"), "{error}");
    assert!(transport.sent().is_empty());
    platform.token_status().unwrap();

    platform.set_verify_ticket("TICKET").unwrap();
    publish(&platform, MERCHANT).unwrap();
}

#[test]
fn a_platform_with_the_right_appsecret_does_not_wait_for_one_with_a_wrong_one() {
    let transport = Arc::new(MemoryTransport::new(|request| {
        let body: Value = serde_json::from_slice(request.body().unwrap()).unwrap();
        Ok(match request.path() {
            COMPONENT_TOKEN if text(&body, "component_appsecret") == "WRONG" => errcode(40125),
            COMPONENT_TOKEN => Reply::ok(r#"{"component_access_token":"CT","expires_in":7200}"#),
            AUTHORIZER_TOKEN => Reply::ok(r#"{"authorizer_access_token":"AT","expires_in":7200}"#),
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
        assert_eq!(error.code(), "invalid_config");
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
        "component_appid",
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
        (platform.merchant(" wx").unwrap_err(), "authorizer_appid"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.message().starts_with(field), "{error}");
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
