use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr::ClientBuilder;
use jumpqr::binding::{self, CallOptions, read_settings};
use napi_derive::napi;

use crate::events::{Channel, Events, Listener};
use crate::guard::{STYLE, from_json, guard, to_json};
use crate::loop_calls::LoopCalls;

/// A client. Its methods begin a call with a number, which has waited for some milliseconds. The
/// ending of the call is an event.
#[napi]
pub struct Client {
    pub(crate) inner: jumpqr::Client,
    pub(crate) channel: Arc<Channel>,
    pub(crate) loop_calls: Option<Rc<LoopCalls>>,
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
    /// a function that gives tokens, and `listens` whether it has one that takes events of calls.
    #[napi(constructor)]
    pub fn new(
        events: &Events,
        settings: String,
        token_function: bool,
        listens: bool,
    ) -> napi::Result<Self> {
        guard(|| {
            let settings = read_settings(from_json(&settings)?, STYLE)?;
            let max_concurrency = binding::max_concurrency(&settings);
            let max_concurrency = u32::try_from(max_concurrency).unwrap_or(u32::MAX);
            let channel = Arc::clone(&events.channel);
            let listener = Listener {
                channel: Arc::clone(&channel),
                listens,
            };
            let mut builder = binding::listen(ClientBuilder::from(settings), listener);
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
                loop_calls: events.loop_calls.clone(),
            })
        })
    }

    /// Calls an interface. Arguments and options are JSON. Returns in how many milliseconds
    /// [`Events::time_out`] must be called, unless an earlier time was returned before.
    #[napi]
    pub fn call(
        &self,
        number: u32,
        waited: u32,
        interface: String,
        arguments: String,
        options: Option<String>,
    ) -> napi::Result<Option<u32>> {
        guard(|| {
            let options = CallOptions {
                waited: milliseconds(waited),
                ..read_options(options)?
            };
            let arguments = from_json(&arguments)?;
            #[cfg(feature = "test-hooks")]
            if interface == crate::hooks::PANIC {
                self.channel.begin(number, move |_| {
                    crate::hooks::panic_if_asked(&interface);
                    Ok(interface)
                })?;
                return Ok(None);
            }
            if let Some(calls) = &self.loop_calls {
                let client = options.apply(&self.inner)?;
                return Ok(calls.begin(number, &client, &interface, arguments));
            }
            let client = self.inner.clone();
            self.channel.begin(number, move |cancel| {
                let cancel = cancel.clone();
                let client = CallOptions { cancel, ..options }.apply(&client)?;
                to_json(&binding::call(&client, &interface, arguments)?)
            })?;
            Ok(None)
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

    /// Looks for the verification file. The arguments are JSON.
    #[napi]
    pub fn preflight(&self, number: u32, waited: u32, arguments: String) -> napi::Result<()> {
        guard(|| {
            let client = self.inner.clone();
            let arguments = from_json(&arguments)?;
            self.channel.begin(number, move |cancel| {
                let options = CallOptions {
                    waited: milliseconds(waited),
                    cancel: cancel.clone(),
                    ..CallOptions::default()
                };
                to_json(&binding::preflight(
                    &options.apply(&client)?,
                    arguments,
                    STYLE,
                )?)
            })
        })
    }

    /// Looks at the token in its store. The answer is null for a token of the caller's own.
    #[napi]
    pub fn token_status(&self, number: u32, waited: u32) -> napi::Result<()> {
        guard(|| {
            let client = self.inner.clone();
            self.channel.begin(number, move |_| {
                to_json(&binding::token_status(&client, milliseconds(waited))?)
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
            self.channel.begin(number, move |cancel| {
                let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = milliseconds(waited);
                to_json(&binding::next_page(&mut pages, waited, cancel)?)
            })
        })
    }
}

/// Converts the time that a call has waited in the facade.
pub(crate) fn milliseconds(waited: u32) -> Duration {
    Duration::from_millis(waited.into())
}

fn read_options(options: Option<String>) -> jumpqr::Result<CallOptions> {
    match options {
        None => Ok(CallOptions::default()),
        Some(options) => CallOptions::read(from_json(&options)?, STYLE),
    }
}
