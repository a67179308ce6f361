//! A platform's process is killed many times, at any moment, while a merchant's refresh token
//! changes with every access token.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::ErrorKind;
use jumpqr::store::TokenStore;
use jumpqr_sandbox::{Interface, OldRefreshToken};

use crate::process::ChildProcess;
use crate::shared_store::SharedStore;
use crate::wechat::{self, APPID, COMPONENT_APPID};

const KILLS: u32 = 200;

/// The timeout of a call. In Redis, where a dead holder is not detected, its lease expires within a
/// part of this time.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Longer than a renewal takes, in µs.
const ROTATION: u32 = 30_000;

/// What the process prints if a token was lost.
const LOST: u64 = 0;

/// Invalidates the merchant's access token before each call, for ever, and reports each call that
/// succeeds.
pub(crate) fn refresh(store: &Arc<dyn TokenStore>, shared_file: &Path, tell: impl Fn(u64)) {
    let base_url = wechat::base_url(shared_file);
    let settings = wechat::settings(&base_url, store).timeout(TIMEOUT);
    let merchant = wechat::platform(settings).merchant(APPID).unwrap();
    for done in 1.. {
        match wechat::call(&merchant) {
            Ok(()) => tell(done),
            // On a busy machine: the call, or the store, was too slow.
            Err(error)
                if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Store)
                    && error.is_retryable() => {}
            Err(error) => {
                wechat::report(&error, shared_file);
                return tell(LOST);
            }
        }
        ureq::delete(format!("{base_url}/sandbox/accounts/{APPID}/tokens"))
            .call()
            .unwrap();
    }
}

fn check_that_no_kill_loses_a_refresh_token(
    shared: &SharedStore,
    old: OldRefreshToken,
) -> (u64, String) {
    let sandbox = wechat::strict(Duration::from_secs(7200), old);
    wechat::publish(&sandbox, shared);
    let platform = wechat::platform(wechat::settings(sandbox.base_url(), &shared.open()));
    let ticket = sandbox.verify_ticket(COMPONENT_APPID).unwrap();
    let refresh_token = sandbox.authorize(COMPONENT_APPID, APPID, None).unwrap();
    platform.set_verify_ticket(ticket).unwrap();
    platform
        .set_authorizer_refresh_token(APPID, refresh_token)
        .unwrap();

    let mut amid = 0;
    for kill in 0..KILLS {
        let mut other = ChildProcess::start("refresh", shared);
        let first = other.next_number().unwrap();
        assert_ne!(first, LOST, "{kill} kills: {}", wechat::reported(shared));
        // Spreads the kills over a whole renewal.
        std::thread::sleep(Duration::from_micros(u64::from(kill * 7919 % ROTATION)));
        other.kill();
        amid += u32::from(shared.is_held());
        assert!(std::iter::from_fn(|| other.next_number()).all(|said| said != LOST));
    }
    wechat::call(&platform.merchant(APPID).unwrap()).unwrap();
    assert!(amid > KILLS / 20, "the kills hit nothing: {amid}");
    let counters = sandbox.counters();
    let rotations = counters.calls_of(Interface::ApiAuthorizerToken);
    let lists = counters.calls_of(Interface::ApiGetAuthorizerList);
    let figures = format!(
        "{KILLS} kills, {amid} of them in the middle of a renewal; {rotations} renewals, \
         0 refresh tokens lost, {lists} looked up"
    );
    (lists, figures)
}

/// If the former refresh token works until the next access token is used, the stored one always
/// works: by then, the store has the next one.
fn check_that_the_stored_token_works(shared: &SharedStore) -> String {
    let (lists, figures) =
        check_that_no_kill_loses_a_refresh_token(shared, OldRefreshToken::DiesAtFirstUse);
    assert_eq!(lists, 0, "{figures}");
    figures
}

/// If the former refresh token ends at once, a next one that was not received is found in WeChat's
/// list of merchants.
fn check_that_a_lost_token_is_looked_up(shared: &SharedStore) -> String {
    let (_, figures) =
        check_that_no_kill_loses_a_refresh_token(shared, OldRefreshToken::DiesAtOnce);
    figures
}

#[test]
fn no_kill_makes_the_refresh_token_in_a_folder_unusable() {
    println!(
        "kills, directory: {}",
        check_that_the_stored_token_works(&SharedStore::directory())
    );
}

#[test]
fn a_refresh_token_that_was_not_received_is_looked_up_and_kept_in_a_folder() {
    println!(
        "kills, directory, dies at once: {}",
        check_that_a_lost_token_is_looked_up(&SharedStore::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn no_kill_makes_the_refresh_token_in_redis_unusable() {
    println!(
        "kills, redis: {}",
        check_that_the_stored_token_works(&SharedStore::redis(crate::LONG))
    );
}

#[cfg(feature = "redis")]
#[test]
fn a_refresh_token_that_was_not_received_is_looked_up_and_kept_in_redis() {
    println!(
        "kills, redis, dies at once: {}",
        check_that_a_lost_token_is_looked_up(&SharedStore::redis(crate::LONG))
    );
}
