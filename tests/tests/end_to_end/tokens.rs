//! The client makes as few token requests as possible. The sandbox counts them.

use std::sync::Barrier;
use std::time::Duration;

use jumpqr::settings::TokenInterface;
use jumpqr::{Client, Edit, ErrorKind};
use jumpqr_sandbox::{Effect, Fault, Sandbox, Target};

use crate::{mini_program, rule, sandbox};

#[derive(Debug, PartialEq, Eq)]
struct Calls {
    token: u64,
    business: u64,
}

fn count_calls(sandbox: &Sandbox) -> Calls {
    let counters = sandbox.counters();
    Calls {
        token: counters.token_calls,
        business: counters.business_calls,
    }
}

#[test]
fn a_token_that_stays_stale_costs_one_token_request_and_one_replay() {
    for errcode in [40001, 40014, 42001] {
        let sandbox = sandbox();
        let client = mini_program(&sandbox).build().unwrap();
        client.download_qr_code_text().unwrap();
        assert_eq!(
            count_calls(&sandbox),
            Calls {
                token: 1,
                business: 1
            }
        );
        sandbox
            .inject(Fault::errcode(errcode).on(Target::Business).forever())
            .unwrap();
        let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(error.errcode(), Some(errcode));
        assert_eq!(
            count_calls(&sandbox),
            Calls {
                token: 2,
                business: 3
            },
            "{errcode}"
        );
    }
}

#[test]
fn threads_without_a_token_make_one_token_request() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    let barrier = Barrier::new(32);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                barrier.wait();
                client.download_qr_code_text().unwrap();
            });
        }
    });
    assert_eq!(
        count_calls(&sandbox),
        Calls {
            token: 1,
            business: 32
        }
    );
}

#[test]
fn a_killed_or_expired_token_is_renewed_within_the_call() {
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
        assert_eq!(
            count_calls(&sandbox),
            Calls {
                token: 2,
                business: 3
            },
            "{interface:?}"
        );
        sandbox.advance(Duration::from_secs(3 * 3600));
        client.download_qr_code_text().unwrap();
        assert_eq!(
            count_calls(&sandbox),
            Calls {
                token: 3,
                business: 5
            },
            "{interface:?}"
        );
    }
}

#[test]
fn wrong_credentials_cost_one_token_request() {
    let sandbox = sandbox();
    let account = sandbox.mini_program();
    for (appid, secret, errcode) in [
        (account.appid.as_str(), "wrong", 40125),
        ("wx0000000000000000", account.secret.expose(), 40013),
    ] {
        let before = count_calls(&sandbox);
        let client = Client::builder()
            .app(appid, secret)
            .base_url(sandbox.base_url())
            .build()
            .unwrap();
        let error = client.download_qr_code_text().unwrap_err();
        assert_eq!(error.errcode(), Some(errcode));
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(
            count_calls(&sandbox),
            Calls {
                token: before.token + 1,
                business: 0
            }
        );
    }
}

#[test]
fn no_call_fails_if_the_server_closes_each_connection() {
    let sandbox = sandbox();
    let client = mini_program(&sandbox).build().unwrap();
    sandbox.inject(Fault::new(Effect::Close).forever()).unwrap();
    for _ in 0..50 {
        client.download_qr_code_text().unwrap();
    }
}

#[test]
fn the_client_does_not_exceed_the_rate_limit_of_wechat() {
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
    assert_eq!(
        count_calls(&sandbox),
        Calls {
            token: 1,
            business: 8
        }
    );
}
