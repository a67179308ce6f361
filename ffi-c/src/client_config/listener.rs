use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::jumpqr_client_config;
use crate::call_event::CallListener;
use crate::{
    attempt, jumpqr_call_listener, jumpqr_error, jumpqr_status, jumpqr_user_data_free, present,
};

/// Sets your own `listener`, which takes the event of each call of the clients and platforms made
/// from these settings.
///
/// `user_data` is passed to the listener. When the settings, and all clients, platforms and walks
/// made from them, have been freed, it is passed to `free_user_data`. If this call fails,
/// `free_user_data` is not called: the data is still yours.
///
/// NULL is allowed for `error`, `user_data` and `free_user_data`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_on_call(
    config: Option<&mut jumpqr_client_config>,
    listener: jumpqr_call_listener,
    user_data: *mut c_void,
    free_user_data: jumpqr_user_data_free,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let config = present(config, "config")?;
        let listener = CallListener::new(listener, user_data, free_user_data);
        let listener = Arc::new(present(listener, "listener")?);
        config.listeners.push(listener);
        Ok(())
    })
}
