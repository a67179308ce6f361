use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::time::Duration;

use jumpqr::Client;

use crate::argument::present;
use crate::client_config::jumpqr_client_config;
use crate::error::jumpqr_error;
use crate::guard::{attempt, guard};
use crate::status::jumpqr_status;
use crate::token_status::jumpqr_token_status;

/// Calls WeChat's QR jump-rule interfaces for one account. Make one for each account, and keep it. A platform makes those of its
/// merchants.
///
/// Any number of threads may use it at the same time; every call blocks its thread until it is done, at most as long as its
/// timeout. Free it with `jumpqr_client_free`, exactly once, when no call with it is running; what it gave lives on. A process
/// that was forked makes clients of its own: connections cannot be shared.
///
/// A thread that is in any function of this library cannot be cancelled: `pthread_cancel` takes
/// effect after the function has returned, at the thread's next cancellation point.
pub struct jumpqr_client {
    pub(crate) client: Client,
}

impl jumpqr_client {
    pub(crate) fn raw(client: Client) -> *mut Self {
        Box::into_raw(Box::new(Self { client }))
    }
}

/// A client with these settings, which is to be freed. Nothing is sent yet.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_NO_CREDENTIALS`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_new(
    config: Option<&jumpqr_client_config>,
    client: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let config = present(config, "config")?;
        let client = present(client, "client")?;
        client.write(jumpqr_client::raw(config.builder().build()?));
        Ok(())
    })
}

/// Frees a client. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_free(client: Option<Box<jumpqr_client>>) {
    guard(|| {
        drop(client);
        Some(())
    });
}

/// Another client, to be freed, with the same connections, tokens and pacing, and another timeout for a whole call, in
/// milliseconds: more than 0, and at most a day.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_with_timeout_ms(
    client: Option<&jumpqr_client>,
    timeout_ms: u64,
    other: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        let client = client.with_timeout(Duration::from_millis(timeout_ms))?;
        present(other, "other")?.write(jumpqr_client::raw(client));
        Ok(())
    })
}

/// Another client, to be freed, with the same connections, tokens and pacing, which checks requests before it sends them, or
/// does not.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_with_validate(
    client: Option<&jumpqr_client>,
    validate: bool,
    other: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = present(client, "client")?.client.with_validate(validate);
        present(other, "other")?.write(jumpqr_client::raw(client));
        Ok(())
    })
}

/// How the token of this client stands in its store, which is asked for it; WeChat is not. The status is to be freed; it is NULL
/// where the token is a fixed one or comes from your function.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_token_status(
    client: Option<&jumpqr_client>,
    status: Option<&mut MaybeUninit<*mut jumpqr_token_status>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        let status = present(status, "status")?;
        let found = client.token_status()?;
        status.write(found.map_or(null_mut(), jumpqr_token_status::raw));
        Ok(())
    })
}
