mod http;
mod listener;
mod pushes;
mod tokens;

pub use http::*;
pub use listener::*;
pub use pushes::*;
pub use tokens::*;

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::store::TokenStore;
use jumpqr::{ClientBuilder, Settings};

use crate::call_event::CallListener;
use crate::token_function::TokenCallback;
use crate::{attempt, guard, jumpqr_error, jumpqr_status, present, produce};

/// The settings of clients and platforms. A client needs a source of tokens; every other setting
/// has a default.
///
/// It holds copies of all texts, with the secrets, until it is freed. One thread may use it at a
/// time. Any number of clients and platforms may be made from it, and they do not need it
/// afterwards. Free it with `jumpqr_client_config_free`, exactly once.
///
/// If a setting is set twice, the later value counts. Most values are checked by
/// `jumpqr_client_new` and `jumpqr_platform_new`, which refuse all wrong settings together, with a
/// violation for each. A few setters refuse a wrong value themselves: they list the status
/// `JUMPQR_STATUS_INVALID_CONFIG`. The field of a violation is the name of the setter after
/// `jumpqr_client_config_set_`.
#[derive(Default)]
pub struct jumpqr_client_config {
    settings: Settings,
    token_store: Option<Arc<dyn TokenStore>>,
    /// The last one is used. The user data of the others is freed with the settings.
    token_functions: Vec<Arc<TokenCallback>>,
    /// The last one is used, as of the token functions.
    listeners: Vec<Arc<CallListener>>,
}

impl jumpqr_client_config {
    pub(crate) fn builder(&self) -> ClientBuilder {
        let mut builder = ClientBuilder::from(self.settings.clone());
        if let Some(store) = &self.token_store {
            builder = builder.token_store(Arc::clone(store));
        }
        if let Some(callback) = self.token_functions.last() {
            let callback = Arc::clone(callback);
            builder = builder.token_function(move |request| Ok(callback.call(request)?));
        }
        if let Some(listener) = self.listeners.last() {
            let listener = Arc::clone(listener);
            builder = builder.on_call(move |event| listener.call(event));
        }
        builder
    }
}

/// Returns the settings to set one in.
fn settings(config: Option<&mut jumpqr_client_config>) -> Result<&mut Settings, jumpqr_error> {
    present(config, "config").map(|config| &mut config.settings)
}

/// Makes settings in which nothing is set. They are to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_new(
    config: Option<&mut MaybeUninit<*mut jumpqr_client_config>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(config, "config", error, || {
        Ok(jumpqr_client_config::default())
    })
}

/// Frees settings. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_free(config: Option<Box<jumpqr_client_config>>) {
    guard(|| config.map(drop));
}

/// Sets the timeout of a whole call, with tokens, retries and reading back, in milliseconds; 30,000
/// by default, more than 0, at most a day. Waiting for a slot (see
/// `jumpqr_client_config_set_pacing`) does not count.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| settings.timeout = Some(Duration::from_millis(timeout_ms)))
    })
}

/// Sets how long a call may wait for all its slots together, in milliseconds; 300,000 by default,
/// more than 0, at most a day. WeChat accepts 5 calls a second, so 1,000 calls that begin at once
/// take 220 s. A call that would wait longer fails at once with `JUMPQR_STATUS_PACED_OUT`.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_queue_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    queue_timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config)
            .map(|settings| settings.queue_timeout = Some(Duration::from_millis(queue_timeout_ms)))
    })
}

/// Sets how often a call is retried after a transient failure; 3 by default, 0 to 100.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_max_retries(
    config: Option<&mut jumpqr_client_config>,
    max_retries: u32,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| {
            settings.max_retries = Some(usize::try_from(max_retries).unwrap_or(usize::MAX));
        })
    })
}

/// Sets whether calls wait for slots, so that at most 5 calls a second are sent for each interface
/// and account; `true` by default. Clients that share a token store share the slots. WeChat refuses
/// more calls with 44990.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_pacing(
    config: Option<&mut jumpqr_client_config>,
    pacing: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| settings.pacing = Some(pacing))
    })
}

/// Sets whether a request is checked before it is sent, and a rule is looked up before it is
/// published or deleted; `true` by default.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_validate(
    config: Option<&mut jumpqr_client_config>,
    validate: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| settings.validate = Some(validate))
    })
}
