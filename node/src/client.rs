use std::sync::Arc;

use napi_derive::napi;
use serde::Deserialize;

use crate::cancel::Cancel;
use crate::events::Events;
use crate::guard::{from_json, guard, settings};
use crate::pool::Pool;
use crate::rules::Rules;
use crate::settings::{CallSettings, Settings};

/// Calls that run on the client's own threads. How they end is told as an event.
#[napi]
pub struct Client {
    client: jumpqr::Client,
    pool: Arc<Pool>,
}

/// Which rules are listed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct RulesArguments {
    /// The Mini Program whose service-account rules are; without, the ordinary-link rules are.
    appid: Option<String>,
}

impl Client {
    pub(crate) fn with_pool(client: jumpqr::Client, pool: Arc<Pool>) -> Self {
        Self { client, pool }
    }

    /// The client for one call with these settings, in JSON.
    fn with(&self, options: Option<String>) -> jumpqr::Result<jumpqr::Client> {
        match options {
            None => Ok(self.client.clone()),
            Some(options) => settings::<CallSettings>(&options)?.apply(&self.client),
        }
    }
}

#[napi]
impl Client {
    /// A client with these settings, in JSON; `token_function` says whether the facade has a function that gives tokens.
    #[napi(constructor)]
    pub fn new(events: &Events, options: String, token_function: bool) -> napi::Result<Self> {
        guard(|| {
            let channel = events.channel();
            let asked = token_function.then(|| Arc::clone(&channel));
            let client = settings::<Settings>(&options)?.client(asked)?;
            let pool = Arc::new(Pool::new(channel));
            Ok(Self { client, pool })
        })
    }

    /// Begins the call with this number.
    #[napi]
    pub fn call(
        &self,
        call: u32,
        cancel: Option<&Cancel>,
        interface: String,
        arguments: String,
        options: Option<String>,
    ) -> napi::Result<()> {
        guard(|| {
            let client = self.with(options)?;
            let queue_timeout = client.queue_timeout();
            let work = move |waited, cancel: &jumpqr::Cancel| {
                #[cfg(feature = "test-hooks")]
                crate::hooks::panic_if_asked(&interface);
                client
                    .with_cancel(cancel)
                    .with_waited(waited)
                    .call_named(&interface, &from_json(&arguments)?)
            };
            self.pool.run(call, queue_timeout, cancel, work)
        })
    }

    /// All rules: the ordinary-link rules, or those of the service account that open the Mini Program `appid`.
    #[napi]
    pub fn rules(&self, arguments: String, options: Option<String>) -> napi::Result<Rules> {
        guard(|| {
            let client = self.with(options)?;
            let rules = match settings::<RulesArguments>(&arguments)?.appid {
                None => client.rules(),
                Some(appid) => client.service_account_rules(appid),
            };
            Ok(Rules::new(
                rules,
                client.queue_timeout(),
                Arc::clone(&self.pool),
            ))
        })
    }

    /// Begins to look, as the call with this number, how the token stands in its store; the answer is null for a token that is
    /// the caller's own.
    #[napi]
    pub fn token_status(&self, call: u32, cancel: Option<&Cancel>) -> napi::Result<()> {
        guard(|| {
            let client = self.client.clone();
            let queue_timeout = client.queue_timeout();
            let look = move |waited, _: &jumpqr::Cancel| client.with_waited(waited).token_status();
            self.pool.run(call, queue_timeout, cancel, look)
        })
    }
}
