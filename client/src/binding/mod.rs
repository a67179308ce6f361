//! What the bindings for other languages share, so that they only convert and call.
//!
//! It is no part of the API of this crate: it may change with any release.

mod call;
mod class;
mod guard;
#[cfg(target_os = "linux")]
mod in_flight_calls;
mod name_style;
mod platform;
mod preflight;
mod push;
#[cfg(target_os = "linux")]
mod unfinished_call;

pub use call::{CallOptions, call, next_page, token_status, with_waited};
pub use class::error_parts;
pub use guard::{guard, no_thread, on_thread};
#[cfg(target_os = "linux")]
pub use in_flight_calls::{CallId, InFlightCalls};
pub use name_style::NameStyle;
pub use platform::{call_platform, next_merchants};
pub use preflight::{preflight, preflight_with_file};
pub use push::{encrypt_reply, event, finish_push, receiver};
#[cfg(target_os = "linux")]
pub use unfinished_call::{UnfinishedCall, WentOn};

pub use crate::listener::Listen;

use jumpqr_core::error::{Error, OwnCode, Result};
use serde_json::{Map, Value};

use crate::builder::ClientBuilder;
use crate::platform::Platform;
use crate::settings::Settings;

/// Reads settings that are named as the language writes them. Durations have the unit of the style.
pub fn read_settings(settings: Map<String, Value>, style: NameStyle) -> Result<Settings> {
    Settings::read_named(
        settings,
        |setting| style.name(setting.name),
        |setting, value| style.to_seconds(setting.kind, value),
    )
}

/// Returns the most calls at once.
#[must_use]
pub fn max_concurrency(settings: &Settings) -> usize {
    settings.max_concurrency()
}

/// Builds a platform whose appid and appsecret are settings, too.
pub fn platform(settings: impl Into<ClientBuilder>) -> Result<Platform> {
    settings.into().platform()
}

/// Sets who gets the events of the calls, in the place of a function.
pub fn listen(builder: ClientBuilder, listener: impl Listen) -> ClientBuilder {
    builder.listener(listener)
}

/// Returns the same error with its settings named as the language writes them. Fields of requests
/// have the wire names in every language.
#[must_use]
pub fn name_settings(error: Error, style: NameStyle) -> Error {
    if error.code() == OwnCode::InvalidConfig {
        error.rename_settings(|field| style.name(field))
    } else {
        error
    }
}
