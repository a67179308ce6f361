use std::sync::Arc;

use jumpqr::GivenUp;
use napi::bindgen_prelude::External;
use napi_derive::napi;
use serde::Deserialize;
use tokio::task::AbortHandle;

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

/// By what a call can be withdrawn.
pub struct Withdrawal {
    /// It waits for a place.
    pub(crate) place: AbortHandle,
    /// It has one.
    pub(crate) given_up: GivenUp,
}

/// Which rules are listed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct RulesArguments {
    /// The Mini Program whose service-account rules are; without, the ordinary-link rules are.
    appid: Option<String>,
}

impl Withdrawal {
    /// Of what sends nothing.
    pub(crate) fn of(place: AbortHandle) -> Self {
        Self {
            place,
            given_up: GivenUp::default(),
        }
    }
}

impl Client {
    pub(crate) fn with_pool(client: jumpqr::Client, pool: Arc<Pool>) -> Self {
        Self { client, pool }
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
            let pool = Arc::new(Pool::new(channel)?);
            Ok(Self { client, pool })
        })
    }

    /// Begins the call with this number; what is returned withdraws it.
    #[napi]
    pub fn call(
        &self,
        call: u32,
        interface: String,
        arguments: String,
        options: String,
    ) -> napi::Result<External<Withdrawal>> {
        guard(|| {
            let client = settings::<CallSettings>(&options)?.apply(&self.client)?;
            let arguments = from_json(&arguments)?;
            let given_up = GivenUp::default();
            let client = client.with_given_up(&given_up);
            let place = self.pool.run(call, client.timeout(), move |waited| {
                #[cfg(feature = "test-hooks")]
                crate::hooks::panic_if_asked(&interface);
                client
                    .with_waited(waited)
                    .call_named(&interface, &arguments)
            });
            Ok(External::new(Withdrawal { place, given_up }))
        })
    }

    /// All rules: the ordinary-link rules, or those of the service account that open the Mini Program `appid`.
    #[napi]
    pub fn rules(&self, arguments: String, options: String) -> napi::Result<Rules> {
        guard(|| {
            let client = settings::<CallSettings>(&options)?.apply(&self.client)?;
            let rules = match settings::<RulesArguments>(&arguments)?.appid {
                None => client.rules(),
                Some(appid) => client.service_account_rules(appid),
            };
            Ok(Rules::new(rules, client.timeout(), Arc::clone(&self.pool)))
        })
    }

    /// Begins to look, as the call with this number, how the token stands in its store; the answer is null for a token that is
    /// the caller's own.
    #[napi]
    pub fn token_status(&self, call: u32) -> napi::Result<External<Withdrawal>> {
        guard(|| {
            let client = self.client.clone();
            let look = move || client.token_status();
            let begun = self.pool.run_on_store(call, self.client.timeout(), look);
            Ok(External::new(begun))
        })
    }
}

/// Withdraws a call: nothing is sent for it that has not been sent.
#[napi]
pub fn withdraw(handle: &External<Withdrawal>) -> napi::Result<()> {
    guard(|| {
        handle.given_up.set();
        handle.place.abort();
        Ok(())
    })
}
