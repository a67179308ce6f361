use std::time::Duration;

use jumpqr::tokens::TokenStatus;

use crate::object::Object;
use crate::{guard, jumpqr_text};

/// The state of a client's or a platform's token in its store. It contains no secret.
///
/// Free it with `jumpqr_token_status_free`, exactly once. It stays valid after the client or the
/// platform is freed, and does not change. Any number of threads may read it at the same time.
pub struct jumpqr_token_status(pub(crate) Object<TokenStatus>);

/// Returns whole seconds, rounded down.
fn seconds(duration: Option<Duration>) -> Option<i64> {
    i64::try_from(duration?.as_secs()).ok()
}

/// Frees a status and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_free(status: Option<Box<jumpqr_token_status>>) {
    guard(|| status.map(drop));
}

/// Returns the store, in the form of `jumpqr_client_config_set_token_store` but without a password.
/// No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_store(status: Option<&jumpqr_token_status>) -> jumpqr_text {
    guard(|| status?.0.text(|status| &status.store))
}

/// Returns the interface that issues the tokens: `stable_token` or `token` for an account,
/// `api_component_token` for a platform, `api_authorizer_token` for its merchants. No text if
/// `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_interface(
    status: Option<&jumpqr_token_status>,
) -> jumpqr_text {
    guard(|| status?.0.text(|status| status.interface))
}

/// Returns the appid that the token belongs to. No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_appid(status: Option<&jumpqr_token_status>) -> jumpqr_text {
    guard(|| status?.0.text(|status| &status.appid))
}

/// Returns whether there is a token: `missing`, `valid`, `expired` or `unauthorized`. If it is
/// `missing`, no token was fetched yet. If it is `expired`, the next call fetches another. A `valid`
/// token may still be refused if WeChat has ended it early. If it is `unauthorized`, the merchant has
/// ended the authorisation of the platform: the next call fails with
/// `JUMPQR_STATUS_MERCHANT_UNAUTHORIZED`, and WeChat is not asked. No text if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_state(status: Option<&jumpqr_token_status>) -> jumpqr_text {
    guard(|| status?.0.text(|status| status.state.name()))
}

/// Returns how long ago the token was requested, in seconds. -1 if there is no token, or if
/// `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_age_seconds(status: Option<&jumpqr_token_status>) -> i64 {
    guard(|| seconds(status?.0.age))
}

/// Returns how long the token remains valid, in seconds. 0 if it has expired. -1 if there is no
/// token, or if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_expires_in_seconds(
    status: Option<&jumpqr_token_status>,
) -> i64 {
    guard(|| seconds(status?.0.expires_in))
}

/// Returns whether the store holds the refresh token of this merchant: 1 or 0. -1 if the status is
/// not a merchant's, or if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_has_refresh_token(
    status: Option<&jumpqr_token_status>,
) -> i32 {
    guard(|| status?.0.has_refresh_token.map(i32::from))
}

/// Returns how long ago the last component_verify_ticket was stored, in seconds. A ticket is valid
/// for 12 hours. -1 if there is none, if the status is not a platform's, or if `status` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_verify_ticket_age_seconds(
    status: Option<&jumpqr_token_status>,
) -> i64 {
    guard(|| seconds(status?.0.verify_ticket_age))
}

/// Returns how long the refused credentials are not tried again, in seconds. Until then, the calls
/// of all clients that share the store fail with the same error, and WeChat is not asked. -1 if no
/// credentials were refused, or if `status` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_refused_for_seconds(
    status: Option<&jumpqr_token_status>,
) -> i64 {
    guard(|| seconds(status?.0.refused_for))
}

/// Returns the `errcode` with which WeChat refused the credentials. 0 if no credentials were
/// refused, if WeChat's list of the platform's merchants did not contain this one, or if `status`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_status_refused_errcode(status: Option<&jumpqr_token_status>) -> i64 {
    guard(|| {
        let errcode = status.and_then(|status| status.0.refused_errcode);
        Some(errcode.unwrap_or(0))
    })
}
