use std::sync::{Arc, Mutex, PoisonError};

use napi_derive::napi;
use serde::Deserialize;

use crate::events::{Channel, Events};
use crate::guard::{from_json, guard, settings};
use crate::settings::{CallSettings, Settings};

/// A client. Its methods begin a call with a number, which has waited for some milliseconds. The
/// ending of the call is an event.
#[napi]
pub struct Client {
    client: jumpqr::Client,
    channel: Arc<Channel>,
}

/// All rules of an account, page by page.
#[napi]
pub struct Rules {
    pages: Arc<Mutex<jumpqr::Rules>>,
    channel: Arc<Channel>,
}

/// Which rules are listed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct RulesArguments {
    /// The Mini Program of service-account rules; without it, ordinary-link rules are listed.
    appid: Option<String>,
}

impl Client {
    pub(crate) fn from_parts(client: jumpqr::Client, channel: Arc<Channel>) -> Self {
        Self { client, channel }
    }

    /// Returns the client for one call with these settings, in JSON.
    fn with(&self, options: Option<String>) -> jumpqr::Result<jumpqr::Client> {
        match options {
            None => Ok(self.client.clone()),
            Some(options) => settings::<CallSettings>(&options)?.apply(&self.client),
        }
    }
}

#[napi]
impl Client {
    /// Creates a client with these settings, in JSON. `token_function` says whether the facade has
    /// a function that gives tokens.
    #[napi(constructor)]
    pub fn new(events: &Events, options: String, token_function: bool) -> napi::Result<Self> {
        guard(|| {
            let channel = events.channel();
            let asked = token_function.then(|| Arc::clone(&channel));
            let client = settings::<Settings>(&options)?.client(asked)?;
            Ok(Self { client, channel })
        })
    }

    /// Returns how long a call may wait in the facade, in milliseconds.
    #[napi]
    pub fn queue_timeout(&self) -> napi::Result<f64> {
        guard(|| Ok(self.client.queue_timeout().as_secs_f64() * 1000.0))
    }

    /// Calls an interface.
    #[napi]
    pub fn call(
        &self,
        number: u32,
        waited: u32,
        interface: String,
        arguments: String,
        options: Option<String>,
    ) -> napi::Result<()> {
        guard(|| {
            let client = self.with(options)?;
            self.channel.begin(number, waited, move |waited, cancel| {
                #[cfg(feature = "test-hooks")]
                crate::hooks::panic_if_asked(&interface);
                client
                    .with_cancel(cancel)
                    .with_waited(waited)
                    .call_named(&interface, &from_json(&arguments)?)
            })
        })
    }

    /// Returns all rules: ordinary-link rules, or those of the service account that open the Mini
    /// Program `appid`.
    #[napi]
    pub fn rules(&self, arguments: String, options: Option<String>) -> napi::Result<Rules> {
        guard(|| {
            let client = self.with(options)?;
            let rules = match settings::<RulesArguments>(&arguments)?.appid {
                None => client.rules(),
                Some(appid) => client.service_account_rules(appid),
            };
            Ok(Rules {
                pages: Arc::new(Mutex::new(rules)),
                channel: Arc::clone(&self.channel),
            })
        })
    }

    /// Looks at the token in its store. The answer is null for a token of the caller's own.
    #[napi]
    pub fn token_status(&self, number: u32, waited: u32) -> napi::Result<()> {
        guard(|| {
            let client = self.client.clone();
            let look = move |waited, _: &jumpqr::Cancel| client.with_waited(waited).token_status();
            self.channel.begin(number, waited, look)
        })
    }
}

#[napi]
impl Rules {
    /// Requests the next page, as [`Client`]'s methods do. The answer is null after the last page.
    #[napi]
    pub fn next_page(&self, number: u32, waited: u32) -> napi::Result<()> {
        guard(|| {
            let pages = Arc::clone(&self.pages);
            self.channel.begin(number, waited, move |waited, cancel| {
                let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
                pages
                    .with_waited(waited)
                    .with_cancel(cancel)
                    .next_page()
            })
        })
    }
}
