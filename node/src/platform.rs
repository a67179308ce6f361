use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jumpqr::Secret;
use napi_derive::napi;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::cancel::Cancel;
use crate::client::Client;
use crate::events::Events;
use crate::guard::{guard, settings};
use crate::pool::Pool;
use crate::settings::Settings;

/// A third-party platform. How its calls end is told as an event.
#[napi]
pub struct Platform {
    inner: jumpqr::Platform,
    /// For what is done with the store: no merchant's call takes a place from that.
    pool: Pool,
    /// All clients of one merchant have the same places.
    merchants: Mutex<HashMap<String, Arc<Pool>>>,
    of_merchants: Arc<Semaphore>,
}

#[napi]
impl Platform {
    /// A platform with these settings, in JSON.
    #[napi(constructor)]
    pub fn new(events: &Events, options: String) -> napi::Result<Self> {
        guard(|| {
            Ok(Self {
                inner: settings::<Settings>(&options)?.platform()?,
                pool: Pool::new(events.channel()),
                merchants: Mutex::default(),
                of_merchants: Pool::of_merchants(),
            })
        })
    }

    /// Begins to store the ticket, as the call with this number.
    #[napi]
    pub fn set_verify_ticket(
        &self,
        call: u32,
        cancel: Option<&Cancel>,
        ticket: String,
    ) -> napi::Result<()> {
        guard(|| {
            let ticket = Secret::new(ticket);
            self.begin(call, cancel, |platform| platform.set_verify_ticket(ticket))
        })
    }

    /// Begins to store a merchant's refresh token, as the call with this number.
    #[napi]
    pub fn set_authorizer_refresh_token(
        &self,
        call: u32,
        cancel: Option<&Cancel>,
        authorizer_appid: String,
        token: String,
    ) -> napi::Result<()> {
        guard(|| {
            let token = Secret::new(token);
            self.begin(call, cancel, move |platform| {
                platform.set_authorizer_refresh_token(&authorizer_appid, token)
            })
        })
    }

    /// Begins to look, as the call with this number, how the platform's own token stands in the store.
    #[napi]
    pub fn token_status(&self, call: u32, cancel: Option<&Cancel>) -> napi::Result<()> {
        guard(|| self.begin(call, cancel, jumpqr::Platform::token_status))
    }

    /// A client that calls for this merchant.
    #[napi]
    pub fn merchant(&self, authorizer_appid: String) -> napi::Result<Client> {
        guard(|| {
            let client = self.inner.merchant(&authorizer_appid)?;
            Ok(Client::with_pool(client, self.pool_of(authorizer_appid)))
        })
    }
}

impl Platform {
    fn begin<T: Serialize>(
        &self,
        call: u32,
        cancel: Option<&Cancel>,
        work: impl FnOnce(&jumpqr::Platform) -> jumpqr::Result<T> + Send + 'static,
    ) -> jumpqr::Result<()> {
        let platform = self.inner.clone();
        let queue_timeout = platform.queue_timeout();
        let work = move |waited, _: &jumpqr::Cancel| work(&platform.with_waited(waited));
        self.pool.run(call, queue_timeout, cancel, work)
    }

    fn pool_of(&self, authorizer_appid: String) -> Arc<Pool> {
        let mut merchants = self
            .merchants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let pool = merchants
            .entry(authorizer_appid)
            .or_insert_with(|| Arc::new(self.pool.beside(&self.of_merchants)));
        Arc::clone(pool)
    }
}
