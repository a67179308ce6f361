use std::time::Duration;

use jumpqr_core::check::FindingCode;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{
    CallVisitor, Interface, ListedRule, RawCall, parse_call, parse_raw_call,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{NameStyle, read_settings};
use crate::cancel::Cancel;
use crate::checks::{Findings, check_duration, refuse};
use crate::client::Client;
use crate::platform::Platform;
use crate::rules::Rules;
use crate::token_status::TokenStatus;

/// What one call may have of its own.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// The timeout of the whole call, instead of the client's.
    pub timeout: Option<Duration>,
    /// Whether the request is checked, instead of the client's setting.
    pub validate: Option<bool>,
    /// How long the call has waited for a free thread.
    pub waited: Duration,
    /// Cancels the call.
    pub cancel: Cancel,
}

impl CallOptions {
    /// Reads the settings of one call, which are named as the language writes them.
    pub fn read(options: Map<String, Value>, style: NameStyle) -> Result<Self> {
        let settings = read_settings(options, style)?;
        let mut findings = Findings::default();
        for setting in settings.given() {
            if !matches!(setting.name, "timeout" | "validate") {
                let message = "is not a setting of one call; give it to the client";
                findings.add(setting.name, FindingCode::UnknownField, message);
            }
        }
        findings.into_result()?;
        Ok(Self {
            timeout: settings.timeout,
            validate: settings.validate,
            ..Self::default()
        })
    }

    /// Returns the client for a call with these options.
    pub fn apply(self, client: &Client) -> Result<Client> {
        let mut client = client.clone();
        if let Some(timeout) = self.timeout {
            check_duration("timeout", timeout).map_err(refuse)?;
            client.options.timeout = timeout;
        }
        client.options.validate = self.validate.unwrap_or(client.options.validate);
        client.options.waited = self.waited;
        client.options.cancel = self.cancel;
        Ok(client)
    }
}

/// Calls the interface with WeChat's name, such as `addJumpQRCode`. The arguments are a mapping
/// with the wire names, see [`parse_call`]. To publish or delete a rule, its prefix is enough. The
/// name of a raw call is `call_raw`, and its arguments are those of [`parse_raw_call`].
///
/// The result is the serialised result of the typed method. Fields have their wire names; values
/// that are not on the wire have stable names. The result of a raw call is a text, the JSON.
pub fn call(client: &Client, interface: &str, arguments: Value) -> Result<Value> {
    accept_call(interface, arguments, ToValue(client))
}

/// Reads a call from WeChat's name of its interface, and its arguments. Hands it to `visitor`.
pub(super) fn accept_call<T>(
    interface: &str,
    mut arguments: Value,
    visitor: impl CallVisitor<Output = Result<T>>,
) -> Result<T> {
    if interface == RawCall::NAME {
        return visitor.visit(parse_raw_call(&arguments)?);
    }
    let takes_prefix = matches!(interface, "publishJumpQRCode" | "deleteJumpQRCode");
    if takes_prefix && arguments.is_string() {
        arguments = json!({ "prefix": arguments });
    }
    parse_call(interface, &arguments)?.accept(visitor)
}

/// Makes a call, and serialises its result.
struct ToValue<'a>(&'a Client);

impl CallVisitor for ToValue<'_> {
    type Output = Result<Value>;

    fn visit<I: Interface<Response: Serialize>>(self, call: I) -> Result<Value> {
        to_value(self.0.call(call)?)
    }
}

pub(super) fn to_value(result: impl Serialize) -> Result<Value> {
    serde_json::to_value(result).map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}

/// Returns the rest of the current page, or all rules of the next page; `None` if none is left. It
/// has waited this long for a free thread, and `cancel` cancels it.
pub fn next_page(
    rules: &mut Rules,
    waited: Duration,
    cancel: &Cancel,
) -> Result<Option<Vec<ListedRule>>> {
    rules.client.options.waited = waited;
    rules.client.options.cancel = cancel.clone();
    rules.next_page()
}

/// Returns the state of the client's token, for a call that has waited this long for a free thread.
pub fn token_status(client: &Client, waited: Duration) -> Result<Option<TokenStatus>> {
    let options = CallOptions {
        waited,
        ..CallOptions::default()
    };
    options.apply(client)?.token_status()
}

/// Returns the same platform for methods that have waited this long for a free thread. If that is
/// longer than the queue timeout, they fail with the code `paced_out`. Its merchants' clients have
/// not waited.
#[must_use]
pub fn with_waited(platform: &Platform, waited: Duration) -> Platform {
    let mut platform = platform.clone();
    platform.waited = waited;
    platform
}
