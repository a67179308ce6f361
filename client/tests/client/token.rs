//! Where tokens come from: as few requests as can be, and never an endless loop.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use crate::fake::{
    ADD, Counter, ManualClock, STABLE_TOKEN, app, count, errcode, ok, rule, token, token_of,
};
use jumpqr::error::OwnCode;
use jumpqr::response::Response;
use jumpqr::settings::TokenInterface;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Edit, ErrorKind, Secret};

#[test]
fn a_server_that_says_stale_for_ever_costs_one_fetch_and_one_replay() {
    let healthy = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let switch = healthy.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token("T", 7200),
            _ if switch.load(std::sync::atomic::Ordering::SeqCst) => ok(),
            _ => errcode(40001),
        })
    }));
    let client = app(&transport).build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(
        (count(&transport, STABLE_TOKEN), count(&transport, ADD)),
        (1, 1)
    );

    healthy.store(false, std::sync::atomic::Ordering::SeqCst);
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.errcode(), Some(40001));
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(
        (count(&transport, STABLE_TOKEN), count(&transport, ADD)),
        (2, 3)
    );
}

#[test]
fn threads_that_find_no_token_cause_one_request() {
    let everybody = Arc::new(Barrier::new(32));
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token("T", 7200),
            _ => ok(),
        })
    }));
    let client = app(&transport).build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                everybody.wait();
                client.add_jump_qr_code(rule(), Edit::Add).unwrap();
            });
        }
    });
    assert_eq!(
        (count(&transport, STABLE_TOKEN), count(&transport, ADD)),
        (1, 32)
    );
}

#[test]
fn threads_whose_token_went_stale_cause_one_request() {
    let tokens = Counter::default();
    let all_refused = Barrier::new(32);
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match (request.content.path(), token_of(request).as_str()) {
            (STABLE_TOKEN, _) => token(&format!("T{}", tokens.next()), 7200),
            (_, "T0") => {
                all_refused.wait();
                errcode(42001)
            }
            _ => ok(),
        })
    }));
    let client = app(&transport).build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| client.add_jump_qr_code(rule(), Edit::Add).unwrap());
        }
    });
    assert_eq!(
        (count(&transport, STABLE_TOKEN), count(&transport, ADD)),
        (2, 64)
    );
}

#[test]
fn wrong_credentials_are_told_after_one_request_and_not_tried_again_at_once() {
    for number in [40001, 40125, 40013, 40243, 41002, 41004, 40164, 45009] {
        let transport = Arc::new(MemoryTransport::new(move |_| Ok(errcode(number))));
        let clock = Arc::new(ManualClock::default());
        let client = app(&transport).clock(clock.clone()).build().unwrap();
        let mut requests = Vec::new();
        for later in [0, 4, 2, 9, 2] {
            clock.advance(Duration::from_secs(later));
            let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
            assert_eq!(error.errcode(), Some(number));
            assert_eq!(error.interface(), Some("stable_token"));
            let asked = transport.sent().len() > requests.last().copied().unwrap_or(0);
            assert_eq!(error.advice().contains("not asked again"), !asked);
            requests.push(transport.sent().len());
        }
        assert_eq!(requests, [1, 1, 2, 2, 3], "{number}");
    }
}

#[test]
fn a_token_is_renewed_before_it_expires() {
    let clock = Arc::new(ManualClock::default());
    let tokens = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token(&format!("T{}", tokens.next()), 7200),
            _ => ok(),
        })
    }));
    let client = app(&transport).clock(clock.clone()).build().unwrap();
    for (later, fetches) in [(0, 1), (6900, 1), (250, 2), (6900, 2)] {
        clock.advance(Duration::from_secs(later));
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
        assert_eq!(count(&transport, STABLE_TOKEN), fetches, "{later} s later");
    }
}

#[test]
fn a_renewal_ahead_of_time_that_fails_does_no_harm() {
    let clock = Arc::new(ManualClock::default());
    let fetches = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN if fetches.next() == 0 => token("T", 7200),
            STABLE_TOKEN => errcode(45009),
            _ => ok(),
        })
    }));
    let client = app(&transport).clock(clock.clone()).build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    clock.advance(Duration::from_secs(7150));
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
    clock.advance(Duration::from_secs(6));
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 3);
    clock.advance(Duration::from_secs(195));
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.errcode(), Some(45009));
}

#[test]
fn a_new_token_is_forced_only_when_the_stable_one_is_stale_again() {
    let transport = Arc::new(MemoryTransport::new(|request| {
        let forced = request
            .content
            .body
            .as_deref()
            .is_some_and(|body| body.ends_with(br#""force_refresh":true}"#));
        Ok(match (request.content.path(), token_of(request).as_str()) {
            (STABLE_TOKEN, _) if forced => token("FORCED", 7200),
            (STABLE_TOKEN, _) => token("STABLE", 7200),
            (_, "FORCED") => ok(),
            _ => errcode(40001),
        })
    }));
    let client = app(&transport).build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 3);
}

#[test]
fn the_other_interface_is_asked_with_get() {
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            "/cgi-bin/token" => token("T", 7200),
            _ => ok(),
        })
    }));
    let client = app(&transport)
        .token_interface(TokenInterface::Token)
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(transport.sent()[0].content.method.as_str(), "GET");
}

#[test]
fn a_fixed_token_that_is_stale_is_not_sent_twice() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(errcode(42001))));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.errcode(), Some(42001));
    assert_eq!(error.rid(), Some("5f87eb8a-6ee66b1b-75f60c88"));
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn the_callers_function_is_asked_for_a_newer_token_once() {
    let asked = Arc::new(Counter::default());
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match token_of(request).as_str() {
            "old" => errcode(40014),
            _ => ok(),
        })
    }));
    let counter = asked.clone();
    let client = Client::builder()
        .token_function(move |request| {
            counter.next();
            Ok(Secret::new(if request.rejected.is_some() {
                "new"
            } else {
                "old"
            }))
        })
        .transport(transport.clone())
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!((asked.next(), transport.sent().len()), (2, 2));
}

#[test]
fn what_the_callers_function_fails_with_is_the_source() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let client = Client::builder()
        .token_function(|_| Err("the token service is down".into()))
        .transport(transport.clone())
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::TokenSourceFailed);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the token service is down");
    assert!(transport.sent().is_empty());
}

#[test]
fn a_fetch_that_panicked_does_not_block_the_next() {
    let fetches = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN if fetches.next() == 0 => panic!("a transport with a defect"),
            STABLE_TOKEN => token("T", 7200),
            _ => Response::ok(r#"{"errcode":0}"#),
        })
    }));
    let client = app(&transport).build().unwrap();
    let add = || client.add_jump_qr_code(rule(), Edit::Add);
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(add)).is_err());
    add().unwrap();
}

#[test]
fn a_token_that_is_far_too_long_is_blamed_on_where_it_came_from() {
    let long = "T".repeat(5000);
    let given = long.clone();
    let client = Client::builder()
        .token_function(move |_| Ok(Secret::new(given.as_str())))
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::TokenSourceFailed);
    let error = Client::builder().access_token(long).build().unwrap_err();
    assert!(error.message().starts_with("access_token"), "{error}");
}

#[test]
fn processes_renew_their_tokens_at_different_times() {
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token("T", 7200),
            _ => ok(),
        })
    }));
    for _ in 0..32 {
        let clock = Arc::<ManualClock>::default();
        let client = app(&transport).clock(clock.clone()).build().unwrap();
        for _ in 0..2 {
            client.add_jump_qr_code(rule(), Edit::Add).unwrap();
            // Half of them renew the token before.
            clock.advance(Duration::from_secs(7050));
        }
    }
    let renewals = count(&transport, STABLE_TOKEN) - 32;
    assert!((1..32).contains(&renewals), "{renewals}");
}
