//! As few token requests as can be, counted by the server.

use std::sync::Barrier;
use std::time::Duration;

use jumpqr::token::TokenInterface;
use jumpqr::{Client, Edit, ErrorKind};
use jumpqr_sandbox::{Effect, Fault, Sandbox, Target};

use crate::{mini_program, rule, sandbox};

/// Token requests and business calls so far.
fn counts(sandbox: &Sandbox) -> (u64, u64) {
    let counters = sandbox.counters();
    (counters.token_calls, counters.business_calls)
}

#[test]
fn stale_for_ever_costs_one_token_request_and_one_replay() {
    for errcode in [40001, 40014, 42001] {
        let sandbox = sandbox();
        let client = mini_program(&sandbox).build().unwrap();
        client.download_qr_code_text().unwrap();
        assert_eq!(counts(&sandbox), (1, 1));
        sandbox
            .inject(Fault::errcode(errcode).on(Target::Business).forever())
            .unwrap();
        let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(error.errcode(), Some(errcode));
        assert_eq!(counts(&sandbox), (2, 3), "{errcode}");
    }
}

#[test]
fn threads_that_find_no_token_cause_one_token_request() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    let everybody = Barrier::new(32);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                everybody.wait();
                client.download_qr_code_text().unwrap();
            });
        }
    });
    assert_eq!(counts(&sandbox), (1, 32));
}

#[test]
fn a_token_that_died_or_expired_is_renewed_unseen() {
    for interface in [TokenInterface::StableToken, TokenInterface::Token] {
        let sandbox = sandbox();
        let appid = sandbox.mini_program().appid;
        let client = mini_program(&sandbox)
            .token_interface(interface)
            .build()
            .unwrap();
        client.download_qr_code_text().unwrap();
        sandbox.kill_tokens(&appid).unwrap();
        client.download_qr_code_text().unwrap();
        assert_eq!(counts(&sandbox), (2, 3), "{interface:?}");
        sandbox.advance(Duration::from_secs(3 * 3600));
        client.download_qr_code_text().unwrap();
        assert_eq!(counts(&sandbox), (3, 5), "{interface:?}");
    }
}

#[test]
fn wrong_credentials_are_told_after_one_request() {
    let sandbox = sandbox();
    let account = sandbox.mini_program();
    for (appid, secret, errcode) in [
        (account.appid.as_str(), "wrong", 40125),
        ("wx0000000000000000", account.secret.expose(), 40013),
    ] {
        let before = counts(&sandbox).0;
        let client = Client::builder()
            .app(appid, secret)
            .base_url(sandbox.base_url())
            .build()
            .unwrap();
        let error = client.download_qr_code_text().unwrap_err();
        assert_eq!(error.errcode(), Some(errcode));
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(counts(&sandbox), (before + 1, 0));
    }
}

#[test]
fn connections_that_the_server_closes_after_each_answer_fail_no_call() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    sandbox.inject(Fault::new(Effect::Close).forever()).unwrap();
    for _ in 0..50 {
        client.download_qr_code_text().unwrap();
    }
}

#[test]
fn the_sandbox_is_never_asked_more_often_than_wechat_allows() {
    let sandbox = Sandbox::start().unwrap();
    let client = mini_program(&sandbox)
        .pacing(true)
        .max_retries(0)
        .build()
        .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.download_qr_code_text().unwrap());
        }
    });
    assert_eq!(counts(&sandbox), (1, 8));
}
