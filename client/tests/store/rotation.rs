//! A process of a platform, whose merchant's refresh token changes with every access token, is killed, again and again,
//! wherever it is.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::ErrorKind;
use jumpqr::store::TokenStore;
use jumpqr_sandbox::{Interface, OldRefreshToken};

use crate::place::Place;
use crate::process::Other;
use crate::wechat::{self, APPID, COMPONENT_APPID};

const KILLS: u32 = 200;

/// How long a call takes at most: where a dead holder is not seen, it is outlived within a part of that.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Longer than a rotation takes, in µs.
const ROTATION: u32 = 30_000;

/// What the process says when a token was lost.
const LOST: u64 = 0;

/// Has the merchant's access token killed before each call, without end, and tells of each that was made all the same.
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

fn no_kill_loses_a_refresh_token(place: &Place, old: OldRefreshToken) -> (u64, String) {
    let sandbox = wechat::strict(Duration::from_secs(7200), old);
    wechat::publish(&sandbox, place);
    let platform = wechat::platform(wechat::settings(sandbox.base_url(), &place.open()));
    let ticket = sandbox.component_verify_ticket(COMPONENT_APPID).unwrap();
    let refresh_token = sandbox.authorize(COMPONENT_APPID, APPID, None).unwrap();
    platform.set_verify_ticket(ticket).unwrap();
    platform
        .set_authorizer_refresh_token(APPID, refresh_token)
        .unwrap();

    let mut amid = 0;
    for kill in 0..KILLS {
        let mut other = Other::start("refresh", place);
        let first = other.says().unwrap();
        assert_ne!(first, LOST, "{kill} kills: {}", wechat::reported(place));
        // Spread over all that a rotation does.
        std::thread::sleep(Duration::from_micros(u64::from(kill * 7919 % ROTATION)));
        other.kill();
        amid += u32::from(place.is_held());
        assert!(std::iter::from_fn(|| other.says()).all(|said| said != LOST));
    }
    wechat::call(&platform.merchant(APPID).unwrap()).unwrap();
    assert!(amid > KILLS / 20, "the kills hit nothing: {amid}");
    let counters = sandbox.counters();
    let rotations = counters.calls_of(Interface::ApiAuthorizerToken);
    let lists = counters.calls_of(Interface::ApiGetAuthorizerList);
    let figures = format!(
        "{KILLS} kills, {amid} of them in the middle of a renewal; {rotations} renewals, 0 refresh tokens lost, {lists} looked up"
    );
    (lists, figures)
}

/// Where the former refresh token works until the next access token is used, that is all that is needed: the store has the
/// next one by then.
fn what_is_stored_works(place: &Place) -> String {
    let (lists, figures) = no_kill_loses_a_refresh_token(place, OldRefreshToken::DiesAtFirstUse);
    assert_eq!(lists, 0, "{figures}");
    figures
}

/// Where it dies at once, one that was never received is in the list of the merchants.
fn what_was_never_received_is_looked_up(place: &Place) -> String {
    let (_, figures) = no_kill_loses_a_refresh_token(place, OldRefreshToken::DiesAtOnce);
    figures
}

#[test]
fn the_refresh_token_in_a_folder_works_whatever_process_is_killed_when() {
    println!(
        "kills, directory: {}",
        what_is_stored_works(&Place::directory())
    );
}

#[test]
fn a_refresh_token_that_was_never_received_is_looked_up_and_kept_in_a_folder() {
    println!(
        "kills, directory, dies at once: {}",
        what_was_never_received_is_looked_up(&Place::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn the_refresh_token_in_redis_works_whatever_process_is_killed_when() {
    println!(
        "kills, redis: {}",
        what_is_stored_works(&Place::redis(crate::LONG))
    );
}

#[cfg(feature = "redis")]
#[test]
fn a_refresh_token_that_was_never_received_is_looked_up_and_kept_in_redis() {
    println!(
        "kills, redis, dies at once: {}",
        what_was_never_received_is_looked_up(&Place::redis(crate::LONG))
    );
}
