use std::time::Duration;

use jumpqr::tokens::{TokenState, TokenStatus};

use crate::guard::guard;
use crate::text::{Text, fixed, jumpqr_text};

/// How the token of a client or of a platform stands in its store. Nothing in it is a secret.
///
/// Free it with `jumpqr_token_status_free`, exactly once. It lives on when the client or the platform is freed, and does not
/// change. Any number of threads may read it at the same time.
pub struct jumpqr_token_status {
    store: Text,
    interface: &'static str,
    appid: Text,
    state: TokenState,
    age: Option<Duration>,
    expires_in: Option<Duration>,
    has_refresh_token: Option<bool>,
    verify_ticket_age: Option<Duration>,
    refused_errcode: Option<i64>,
    refused_for: Option<Duration>,
}

impl jumpqr_token_status {
    pub(crate) fn raw(status: TokenStatus) -> *mut Self {
        Box::into_raw(Box::new(Self {
            store: status.store.into(),
            interface: status.interface,
            appid: status.appid.into(),
            state: status.state,
            age: status.age,
            expires_in: status.expires_in,
            has_refresh_token: status.has_refresh_token,
            verify_ticket_age: status.verify_ticket_age,
            refused_errcode: status.refused_errcode,
            refused_for: status.refused_for,
        }))
    }
}

/// Whole seconds, cut off.
fn seconds(duration: Option<Duration>) -> Option<i64> {
    i64::try_from(duration?.as_secs()).ok()
}

/// Frees a status and the texts that were asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_free(status: Option<Box<jumpqr_token_status>>) {
    guard(|| {
        drop(status);
        Some(())
    });
}

/// Which store, as `jumpqr_client_config_set_token_store` has it, but for a password. No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_store(status: Option<&jumpqr_token_status>) -> jumpqr_text {
    guard(|| Some(status?.store.view()))
}

/// The interface that issues the tokens: `stable_token`, `token`, `api_component_token` of a platform, or
/// `api_authorizer_token` of its merchants. It lives for ever. No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_interface(
    status: Option<&jumpqr_token_status>,
) -> jumpqr_text {
    guard(|| Some(fixed(status?.interface)))
}

/// Whose token it is. No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_appid(status: Option<&jumpqr_token_status>) -> jumpqr_text {
    guard(|| Some(status?.appid.view()))
}

/// Whether there is a token: `missing`, none was fetched yet; `valid`, it should live, unless WeChat has cut its life short;
/// `expired`, the next call fetches another. It lives for ever. No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_state(status: Option<&jumpqr_token_status>) -> jumpqr_text {
    guard(|| Some(fixed(status?.state.name())))
}

/// How long ago the token was asked for, in seconds; -1 where there is none. -1 if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_age_seconds(status: Option<&jumpqr_token_status>) -> i64 {
    guard(|| seconds(status?.age))
}

/// How long the token still lives, in seconds; 0 where it has expired, and -1 where there is none. -1 if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_expires_in_seconds(
    status: Option<&jumpqr_token_status>,
) -> i64 {
    guard(|| seconds(status?.expires_in))
}

/// Whether the store holds the refresh token of this merchant: 1 or 0, and -1 for what is not a platform's merchant. -1 if `status`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_has_refresh_token(
    status: Option<&jumpqr_token_status>,
) -> i32 {
    guard(|| status?.has_refresh_token.map(i32::from))
}

/// How long ago the last component_verify_ticket came, in seconds: it is good for 12 hours. -1 where none came, and for what is not a
/// platform. -1 if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_verify_ticket_age_seconds(
    status: Option<&jumpqr_token_status>,
) -> i64 {
    guard(|| seconds(status?.verify_ticket_age))
}

/// For how long the credentials are not tried again, in seconds, as WeChat has refused them: until then, all that share the store
/// fail with the same error, and WeChat is not asked. -1 where nothing was refused. -1 if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_refused_for_seconds(
    status: Option<&jumpqr_token_status>,
) -> i64 {
    guard(|| seconds(status?.refused_for))
}

/// The `errcode` with which WeChat refused the credentials; 0 where nothing was refused, and where its list of the platform's
/// merchants did not name this one. 0 if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_refused_errcode(status: Option<&jumpqr_token_status>) -> i64 {
    guard(|| {
        let errcode = status.and_then(|status| status.refused_errcode);
        Some(errcode.unwrap_or(0))
    })
}
