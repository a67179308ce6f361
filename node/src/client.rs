use std::sync::{Arc, Mutex, PoisonError};

use jumpqr::ClientBuilder;
use jumpqr::binding::{self, CallOptions, read_settings};
use napi_derive::napi;

use crate::events::{Channel, Events};
use crate::guard::{STYLE, from_json, guard, to_json};

/// A client. Its methods begin a call with a number, which has waited for some milliseconds. The
/// ending of the call is an event.
#[napi]
pub struct Client {
    pub(crate) inner: jumpqr::Client,
    pub(crate) channel: Arc<Channel>,
    /// The most calls at once. The facade keeps to it.
    #[napi(readonly)]
    pub max_concurrency: u32,
    /// How long a call may wait for its place, in milliseconds.
    #[napi(readonly)]
    pub queue_timeout: f64,
}

/// All rules of an account, page by page.
#[napi]
pub struct Rules {
    pages: Arc<Mutex<jumpqr::Rules>>,
    channel: Arc<Channel>,
}

#[napi]
impl Client {
    /// Creates a client with these settings, in JSON. `token_function` says whether the facade has
    /// a function that gives tokens.
    #[napi(constructor)]
    pub fn new(events: &Events, settings: String, token_function: bool) -> napi::Result<Self> {
        guard(|| {
            let settings = read_settings(from_json(&settings)?, STYLE)?;
            let max_concurrency = binding::max_concurrency(&settings);
            let max_concurrency = u32::try_from(max_concurrency).unwrap_or(u32::MAX);
            let channel = Arc::clone(&events.channel);
            let mut builder = ClientBuilder::from(settings);
            if token_function {
                let channel = Arc::clone(&channel);
                builder = builder.token_function(move |request| channel.ask(request));
            }
            let client = builder.build()?;
            Ok(Self {
                queue_timeout: client.queue_timeout().as_secs_f64() * 1000.0,
                max_concurrency,
                inner: client,
                channel,
            })
        })
    }

    /// Calls an interface. Arguments and options are JSON.
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
            let client = self.inner.clone();
            let options = read_options(options)?;
            self.channel.begin(number, waited, move |waited, cancel| {
                #[cfg(feature = "test-hooks")]
                crate::hooks::panic_if_asked(&interface);
                let options = CallOptions {
                    waited,
                    cancel: cancel.clone(),
                    ..options
                };
                let client = options.apply(&client)?;
                to_json(&binding::call(&client, &interface, from_json(&arguments)?)?)
            })
        })
    }

    /// Returns all rules: ordinary-link rules, or those of the service account that open the Mini
    /// Program `appid`.
    #[napi]
    pub fn rules(&self, appid: Option<String>, options: Option<String>) -> napi::Result<Rules> {
        guard(|| {
            let client = read_options(options)?.apply(&self.inner)?;
            let rules = match appid {
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
            let client = self.inner.clone();
            self.channel.begin(number, waited, move |waited, _| {
                to_json(&binding::token_status(&client, waited)?)
            })
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
                to_json(&binding::next_page(&mut pages, waited, cancel)?)
            })
        })
    }
}

fn read_options(options: Option<String>) -> jumpqr::Result<CallOptions> {
    match options {
        None => Ok(CallOptions::default()),
        Some(options) => CallOptions::read(from_json(&options)?, STYLE),
    }
}
