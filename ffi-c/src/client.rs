use std::mem::MaybeUninit;
use std::time::Duration;

use jumpqr::Client;

use crate::{
    find, guard, jumpqr_client_config, jumpqr_error, jumpqr_status, jumpqr_token_status, present,
    produce,
};

/// Calls WeChat's QR jump-rule interfaces for one account. Make one client for each account, and
/// keep it. The clients of a platform's merchants are made by the platform.
///
/// Any number of threads may use it at the same time. Every call blocks its thread until it is
/// done, at most for its timeout. Free the client with `jumpqr_client_free`, exactly once, when no
/// call is using it. Objects that it returned stay valid. After a fork, the child makes its own
/// clients: connections cannot be shared.
///
/// While a thread is in a function of this library, it cannot be cancelled: `pthread_cancel` takes
/// effect after the function has returned, at the thread's next cancellation point.
pub struct jumpqr_client(pub(crate) Client);

/// Makes a client with these settings. Nothing is sent yet. The client is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_NO_CREDENTIALS`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_new(
    config: Option<&jumpqr_client_config>,
    client: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(client, "client", error, || {
        let builder = present(config, "config")?.builder();
        Ok(builder.build()?)
    })
}

/// Frees a client. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_free(client: Option<Box<jumpqr_client>>) {
    guard(|| client.map(drop));
}

/// Makes another client, with the same connections, tokens and pacing, and another timeout for a
/// whole call: in milliseconds, more than 0, at most a day. The other client is to be freed.
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
    produce(other, "other", error, || {
        let client = &present(client, "client")?.0;
        Ok(client.with_timeout(Duration::from_millis(timeout_ms))?)
    })
}

/// Makes another client, with the same connections, tokens and pacing. If `validate` is true, it
/// checks each request before it sends it. The other client is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_with_validate(
    client: Option<&jumpqr_client>,
    validate: bool,
    other: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(other, "other", error, || {
        Ok(present(client, "client")?.0.with_validate(validate))
    })
}

/// Reads the state of this client's token from its store. WeChat is not asked.
///
/// `status` receives a token status, which is to be freed. It receives NULL if the client has a
/// fixed token or a token function.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_token_status(
    client: Option<&jumpqr_client>,
    status: Option<&mut MaybeUninit<*mut jumpqr_token_status>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    find(status, "status", error, || {
        Ok(present(client, "client")?.0.token_status()?)
    })
}
