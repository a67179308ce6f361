use std::rc::Rc;
use std::sync::Arc;

use jumpqr::Secret;
use jumpqr::binding::{self, read_settings, with_waited};
use napi_derive::napi;
use serde::Serialize;

use crate::client::{Client, milliseconds};
use crate::events::{Channel, Events};
use crate::guard::{STYLE, from_json, guard, to_json};
use crate::loop_calls::LoopCalls;

/// A third-party platform. Its methods begin a call as those of [`Client`] do.
#[napi]
pub struct Platform {
    inner: jumpqr::Platform,
    channel: Arc<Channel>,
    loop_calls: Option<Rc<LoopCalls>>,
    /// The most calls to the store at once, and the most calls of each merchant.
    #[napi(readonly)]
    pub max_concurrency: u32,
    /// How long a call may wait for its place, in milliseconds.
    #[napi(readonly)]
    pub queue_timeout: f64,
}

#[napi]
impl Platform {
    /// Creates a platform with these settings, in JSON.
    #[napi(constructor)]
    pub fn new(events: &Events, settings: String) -> napi::Result<Self> {
        guard(|| {
            let settings = read_settings(from_json(&settings)?, STYLE)?;
            let max_concurrency = binding::max_concurrency(&settings);
            let max_concurrency = u32::try_from(max_concurrency).unwrap_or(u32::MAX);
            let inner = binding::platform(settings)?;
            Ok(Self {
                queue_timeout: inner.queue_timeout().as_secs_f64() * 1000.0,
                max_concurrency,
                inner,
                channel: Arc::clone(&events.channel),
                loop_calls: events.loop_calls.clone(),
            })
        })
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
            Ok(Client {
                inner: self.inner.merchant(&authorizer_appid)?,
                channel: Arc::clone(&self.channel),
                loop_calls: self.loop_calls.clone(),
                max_concurrency: self.max_concurrency,
                queue_timeout: self.queue_timeout,
            })
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
            self.channel.begin(number, move |_| {
                to_json(&work(&with_waited(&platform, milliseconds(waited)))?)
            })
        })
    }
}
