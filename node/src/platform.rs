use std::sync::Arc;

use jumpqr::Secret;
use napi_derive::napi;
use serde::Serialize;

use crate::client::Client;
use crate::events::{Channel, Events};
use crate::guard::{guard, settings};
use crate::settings::Settings;

/// A third-party platform. Its methods begin a call as those of [`Client`] do.
#[napi]
pub struct Platform {
    inner: jumpqr::Platform,
    channel: Arc<Channel>,
}

#[napi]
impl Platform {
    /// Creates a platform with these settings, in JSON.
    #[napi(constructor)]
    pub fn new(events: &Events, options: String) -> napi::Result<Self> {
        guard(|| {
            Ok(Self {
                inner: settings::<Settings>(&options)?.platform()?,
                channel: events.channel(),
            })
        })
    }

    /// Returns how long a call may wait in the facade, in milliseconds.
    #[napi]
    pub fn queue_timeout(&self) -> napi::Result<f64> {
        guard(|| Ok(self.inner.queue_timeout().as_secs_f64() * 1000.0))
    }

    /// Stores the ticket.
    #[napi]
    pub fn set_verify_ticket(&self, number: u32, waited: u32, ticket: String) -> napi::Result<()> {
        let ticket = Secret::new(ticket);
        self.begin(number, waited, |platform| {
            platform.set_verify_ticket(ticket)
        })
    }

    /// Stores a merchant's refresh token.
    #[napi]
    pub fn set_authorizer_refresh_token(
        &self,
        number: u32,
        waited: u32,
        authorizer_appid: String,
        token: String,
    ) -> napi::Result<()> {
        let token = Secret::new(token);
        self.begin(number, waited, move |platform| {
            platform.set_authorizer_refresh_token(&authorizer_appid, token)
        })
    }

    /// Looks at the platform's own token in the store.
    #[napi]
    pub fn token_status(&self, number: u32, waited: u32) -> napi::Result<()> {
        self.begin(number, waited, jumpqr::Platform::token_status)
    }

    /// Creates a client that calls for this merchant.
    #[napi]
    pub fn merchant(&self, authorizer_appid: String) -> napi::Result<Client> {
        guard(|| {
            let client = self.inner.merchant(&authorizer_appid)?;
            Ok(Client::from_parts(client, Arc::clone(&self.channel)))
        })
    }
}

impl Platform {
    fn begin<T: Serialize>(
        &self,
        number: u32,
        waited: u32,
        work: impl FnOnce(&jumpqr::Platform) -> jumpqr::Result<T> + Send + 'static,
    ) -> napi::Result<()> {
        guard(|| {
            let platform = self.inner.clone();
            let work = move |waited, _: &jumpqr::Cancel| work(&platform.with_waited(waited));
            self.channel.begin(number, waited, work)
        })
    }
}
