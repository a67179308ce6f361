//! Pushes are received and stored.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jumpqr::error::OwnCode;
use jumpqr::push::Event;
use jumpqr::readiness::Mode;
use jumpqr::store::MemoryStore;
use jumpqr::tokens::TokenState;
use jumpqr::{Client, ErrorKind};
use jumpqr_sandbox::{COMPONENT_APPID, Interface, MINI_PROGRAM_APPID, Sandbox};

use crate::fake::ManualClock;
use crate::pushing::{
    EPOCH, authorise_on_page, authorized, encrypt, end_at_wechat, handle, process, receiving,
    ticket, unauthorized, valid_ticket,
};
use crate::unreliable::Unreliable;

#[test]
fn a_ticket_is_stored_for_all_processes_and_gives_way_to_later_pushes_only() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&sandbox, &store);
    let handled = handle(&platform, &valid_ticket()).unwrap();
    assert_eq!(handled.reply(), "success");
    assert!(handled.has_changed());
    assert!(matches!(handled.event(), Event::ComponentVerifyTicket(_)));
    assert_eq!(handled.finish().unwrap(), None);
    // The same push again, and one that somebody has recorded.
    for old in [valid_ticket(), ticket("ticket@@@OLD", EPOCH - 600)] {
        let handled = handle(&platform, &old).unwrap();
        assert!(!handled.has_changed());
        assert_eq!(handled.reply(), "success");
    }
    // Neither ciphertext nor another credential is a ticket.
    for wrong in ["a+b/c==", "refreshtoken@@@R1"] {
        let error = handle(&platform, &ticket(wrong, EPOCH + 600)).unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidConfig);
        assert!(!format!("{error:?}").contains(wrong), "{error:?}");
    }
    // The sandbox accepts only the first one.
    let token = process(&sandbox, &store).component_access_token().unwrap();
    assert_eq!(platform.component_access_token().unwrap(), token);
}

#[test]
fn an_end_of_an_authorisation_is_known_to_all_processes_without_asking_wechat() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::<MemoryStore>::default();
    let (platform, other) = (process(&sandbox, &store), process(&sandbox, &store));
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    let handled = handle(&platform, &authorized(&code, EPOCH)).unwrap();
    assert!(!handled.has_changed());
    let merchant = handled.finish().unwrap().unwrap();
    assert_eq!(merchant.authorizer_appid, MINI_PROGRAM_APPID);
    assert!(merchant.has_refresh_token);
    assert!(merchant.func_info.unwrap().iter().any(|set| set.id == 18));
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);

    // An old end changes nothing.
    assert!(!handle(&other, &unauthorized(EPOCH)).unwrap().has_changed());
    assert_eq!(client.rules().count(), 0);

    // Another process receives the end.
    assert!(
        handle(&other, &unauthorized(EPOCH + 1))
            .unwrap()
            .has_changed()
    );
    assert!(
        !handle(&platform, &unauthorized(EPOCH + 1))
            .unwrap()
            .has_changed()
    );
    let sent = sandbox.requests().len();
    for process in [&other, &process(&sandbox, &store)] {
        let client = process.merchant(MINI_PROGRAM_APPID).unwrap();
        let error = client.rules().next().unwrap().unwrap_err();
        assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.message().contains(MINI_PROGRAM_APPID), "{error}");
        let status = client.token_status().unwrap().unwrap();
        assert_eq!(
            (status.state, status.has_refresh_token),
            (TokenState::Unauthorized, Some(false))
        );
        let readiness = process.readiness(MINI_PROGRAM_APPID, Mode::OrdinaryLink);
        let error = readiness.unwrap_err();
        assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
        assert_eq!(error.interface(), Some("api_get_authorizer_info"));
    }
    // The authorisation before the end comes late.
    let late = handle(&other, &authorized("queryauthcode@@@x", EPOCH)).unwrap();
    let error = late.finish().unwrap_err();
    assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
    assert_eq!(sandbox.requests().len(), sent);

    // The merchant comes back.
    let code = authorise_on_page(&sandbox, &platform);
    let back = handle(&platform, &authorized(&code, EPOCH + 2)).unwrap();
    back.finish().unwrap();
    let client = other.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);
}

#[test]
fn a_process_with_the_access_token_learns_of_the_end_when_a_call_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::<MemoryStore>::default();
    let (platform, other) = (process(&sandbox, &store), process(&sandbox, &store));
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    platform.exchange(code).unwrap();
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);

    end_at_wechat(&sandbox);
    // The push is late: the store does not know yet.
    let sent = sandbox.requests().len();
    for calls in 1..=2 {
        let error = client.rules().next().unwrap().unwrap_err();
        assert_eq!(error.errcode(), Some(61003));
        assert_eq!(sandbox.requests().len(), sent + calls);
    }
    assert!(handle(&other, &unauthorized(EPOCH)).unwrap().has_changed());
    for interface in ["getJumpQRCode", "api_authorizer_token"] {
        let error = client.rules().next().unwrap().unwrap_err();
        assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
        assert_eq!(error.interface(), Some(interface));
        // WeChat is asked by the first call only.
        assert_eq!(sandbox.requests().len(), sent + 3);
    }
}

#[test]
fn an_authorisation_whose_code_nobody_has_exchanged_is_completed_by_the_next_call() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&sandbox, &store);
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    // The process dies between the reply and `finish`.
    let handled = handle(&platform, &authorized(&code, EPOCH)).unwrap();
    assert!(!handled.has_changed());
    drop((handled, platform));

    let platform = process(&sandbox, &store);
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);
    let counters = sandbox.counters();
    assert_eq!(counters.calls_of(Interface::ApiQueryAuth), 1);
    assert_eq!(counters.calls_of(Interface::ApiGetAuthorizerList), 0);
    let status = client.token_status().unwrap().unwrap();
    assert_eq!(status.has_refresh_token, Some(true));
}

#[test]
fn a_code_that_is_exchanged_elsewhere_is_looked_up_in_the_list() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::<MemoryStore>::default();
    let platform = process(&sandbox, &store);
    let _ = handle(&platform, &valid_ticket()).unwrap();
    let code = authorise_on_page(&sandbox, &platform);
    let elsewhere = process(&sandbox, &Arc::default());
    let _ = handle(&elsewhere, &valid_ticket()).unwrap();
    elsewhere.exchange(code.as_str()).unwrap();

    let _ = handle(&platform, &authorized(&code, EPOCH)).unwrap();
    let client = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    assert_eq!(client.rules().count(), 0);
}

#[test]
fn an_authorisation_is_not_answered_if_its_code_cannot_be_stored() {
    let store = Arc::<Unreliable>::default();
    let settings = Client::builder()
        .token_store(store.clone())
        .clock(Arc::new(ManualClock::default()));
    let platform = receiving(settings);
    store.down.store(true, Ordering::SeqCst);
    let error = handle(&platform, &authorized("queryauthcode@@@x", EPOCH)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(!format!("{error:?}").contains("queryauthcode@@@x"));
}

#[test]
fn other_events_are_answered_and_handed_over() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::default());
    let push = encrypt("<InfoType>notify_third_fasteregister</InfoType>", EPOCH);
    let handled = handle(&platform, &push).unwrap();
    assert_eq!(
        handled.event().info_type(),
        Some("notify_third_fasteregister")
    );
    assert_eq!((handled.reply(), handled.has_changed()), ("success", false));
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_push_that_is_refused_changes_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let platform = process(&sandbox, &Arc::default());
    let mut push = valid_ticket();
    push.query = push.query.replace("nonce=1", "nonce=2");
    let error = handle(&platform, &push).unwrap_err();
    assert_eq!(error.code(), OwnCode::PushNotSigned);
    assert_eq!(platform.token_status().unwrap().verify_ticket_age, None);
}

#[test]
fn a_platform_without_the_settings_of_pushes_names_them() {
    let builder = Client::builder();
    let platform = builder.build_platform(COMPONENT_APPID, "S").unwrap();
    let error = platform.handle("", b"").unwrap_err();
    assert_eq!(error.code(), OwnCode::InvalidConfig);
    let violations = error.violations().iter();
    let fields: Vec<_> = violations.map(|finding| finding.field.as_str()).collect();
    assert_eq!(fields, ["message_token", "encoding_aes_key"]);
}
