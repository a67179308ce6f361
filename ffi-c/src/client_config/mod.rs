mod http;
mod tokens;

pub use http::*;
pub use tokens::*;

use std::mem::MaybeUninit;
use std::time::Duration;

use jumpqr::ClientBuilder;

use crate::error::{Failure, attempt, jumpqr_error, present};
use crate::guard::guard;
use crate::status::jumpqr_status;

type Setting = Box<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// Settings for clients and platforms. Where a client's tokens come from must be said; everything else has a default.
///
/// It holds copies of all texts, secrets included, until it is freed. It may be used by one thread at a time. Any number of
/// clients and platforms may be made of it, and none needs it afterwards. Free it with `jumpqr_client_config_free`, exactly once. Of a
/// setting that is made twice, the later counts; one that makes no sense is refused by name, by `jumpqr_client_new` or
/// `jumpqr_platform_new` where not by its own function.
#[derive(Default)]
pub struct jumpqr_client_config {
    settings: Vec<Setting>,
}

impl jumpqr_client_config {
    pub(crate) fn builder(&self) -> ClientBuilder {
        let applied = |builder, setting: &Setting| setting(builder);
        self.settings.iter().fold(ClientBuilder::default(), applied)
    }
}

fn set(
    config: Option<&mut jumpqr_client_config>,
    setting: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
) -> Result<(), Failure> {
    present(config, "config")?.settings.push(Box::new(setting));
    Ok(())
}

/// Settings with nothing set. They are to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_new(
    config: Option<&mut MaybeUninit<*mut jumpqr_client_config>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let made = Box::<jumpqr_client_config>::default();
        present(config, "config")?.write(Box::into_raw(made));
        Ok(())
    })
}

/// Frees settings. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_free(config: Option<Box<jumpqr_client_config>>) {
    guard(|| config.map(drop));
}

/// The most time that a whole call takes, in milliseconds, with tokens, retries and reading back;
/// 30,000 by default, more than 0, and at most a day. While a call waits for its slot (see
/// `jumpqr_client_config_set_pacing`), its time stands still.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let timeout = Duration::from_millis(timeout_ms);
        set(config, move |builder| builder.timeout(timeout))
    })
}

/// How long a call may wait for all its slots together, in milliseconds; 300,000 by default, more
/// than 0, and at most a day. WeChat takes 5 calls a second, so 1,000 calls that begin at once take
/// 220 s. A call that would wait longer fails at once with `JUMPQR_STATUS_PACED_OUT`.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_queue_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    queue_timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let timeout = Duration::from_millis(queue_timeout_ms);
        set(config, move |builder| builder.queue_timeout(timeout))
    })
}

/// How often a call is tried again after a transient failure; 3 by default, 0 to 100.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_max_retries(
    config: Option<&mut jumpqr_client_config>,
    max_retries: u32,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let retries = usize::try_from(max_retries).unwrap_or(usize::MAX);
        set(config, move |builder| builder.max_retries(retries))
    })
}

/// Whether calls wait for slots, so that no more than 5 calls a second are sent of each interface
/// and account; `true` by default. WeChat answers more calls with 44990.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_pacing(
    config: Option<&mut jumpqr_client_config>,
    pacing: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || set(config, move |builder| builder.pacing(pacing)))
}

/// Whether a request is checked before it is sent, and a rule is looked up before it is published
/// or deleted; `true` by default.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_validate(
    config: Option<&mut jumpqr_client_config>,
    validate: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        set(config, move |builder| builder.validate(validate))
    })
}
