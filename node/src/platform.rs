use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jumpqr::binding::{
    self, call_platform, finish_push, next_merchants, read_settings, with_waited,
};
use jumpqr::error::OwnCode;
use jumpqr::{ClientBuilder, Error};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::client::{Client, milliseconds};
use crate::events::{Channel, Events, Listener};
use crate::guard::{STYLE, from_json, guard, to_json};
use crate::loop_calls::LoopCalls;
use crate::push::parts;

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

/// A push that a platform has received, or is about to.
#[napi]
pub struct Handled {
    handled: Arc<OnceLock<jumpqr::Handled>>,
    channel: Arc<Channel>,
}

/// All merchants of a platform, page by page.
#[napi]
pub struct Merchants {
    pages: Arc<Mutex<jumpqr::Merchants>>,
    channel: Arc<Channel>,
}

#[napi]
impl Platform {
    /// Creates a platform with these settings, in JSON. `listens` says whether the facade has a
    /// function that takes events of calls.
    #[napi(constructor)]
    pub fn new(events: &Events, settings: String, listens: bool) -> napi::Result<Self> {
        guard(|| {
            let settings = read_settings(from_json(&settings)?, STYLE)?;
            let max_concurrency = binding::max_concurrency(&settings);
            let max_concurrency = u32::try_from(max_concurrency).unwrap_or(u32::MAX);
            let listener = Listener {
                channel: Arc::clone(&events.channel),
                listens,
            };
            let builder = binding::listen(ClientBuilder::from(settings), listener);
            let inner = binding::platform(builder)?;
            Ok(Self {
                queue_timeout: inner.queue_timeout().as_secs_f64() * 1000.0,
                max_concurrency,
                inner,
                channel: Arc::clone(&events.channel),
                loop_calls: events.loop_calls.clone(),
            })
        })
    }

    /// Calls the method with this name. The arguments are JSON.
    #[napi]
    pub fn call(
        &self,
        number: u32,
        waited: u32,
        method: String,
        arguments: String,
    ) -> napi::Result<()> {
        guard(|| {
            let arguments = from_json(&arguments)?;
            let platform = with_waited(&self.inner, milliseconds(waited));
            self.channel.begin(number, move |_| {
                to_json(&call_platform(&platform, &method, &arguments)?)
            })
        })
    }

    /// Receives a push, and stores what it says. The answer has its parts. After the answer, the
    /// result can be finished.
    #[napi]
    pub fn handle(
        &self,
        number: u32,
        waited: u32,
        query: String,
        body: Uint8Array,
    ) -> napi::Result<Handled> {
        guard(|| {
            let platform = with_waited(&self.inner, milliseconds(waited));
            let body = body.to_vec();
            let handled = Arc::new(OnceLock::new());
            let to_fill = Arc::clone(&handled);
            self.channel.begin(number, move |_| {
                let received = platform.handle(&query, &body)?;
                let handled = to_fill.get_or_init(|| received);
                let mut parts = parts(handled.push());
                if let Some(parts) = parts.as_object_mut() {
                    parts.insert("has_changed".to_owned(), handled.has_changed().into());
                }
                to_json(&parts)
            })?;
            let channel = Arc::clone(&self.channel);
            Ok(Handled { handled, channel })
        })
    }

    /// Returns all merchants of the platform.
    #[napi]
    pub fn merchants(&self) -> napi::Result<Merchants> {
        guard(|| {
            Ok(Merchants {
                pages: Arc::new(Mutex::new(self.inner.merchants())),
                channel: Arc::clone(&self.channel),
            })
        })
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

#[napi]
impl Handled {
    /// Does what is left after the reply, as [`Platform`]'s methods do. The answer is the merchant,
    /// or null.
    #[napi]
    pub fn finish(&self, number: u32, waited: u32) -> napi::Result<()> {
        guard(|| {
            let handled = Arc::clone(&self.handled);
            self.channel.begin(number, move |_| {
                to_json(&finish_push(stored(&handled)?, milliseconds(waited))?)
            })
        })
    }

    /// Makes an encrypted reply.
    #[napi]
    pub fn encrypt_reply(&self, text: String) -> napi::Result<String> {
        guard(|| stored(&self.handled)?.encrypt_reply(&text))
    }
}

/// Returns the push, once it is received and stored. The facade has the answer then.
fn stored(handled: &OnceLock<jumpqr::Handled>) -> jumpqr::Result<&jumpqr::Handled> {
    handled
        .get()
        .ok_or_else(|| Error::new(OwnCode::Internal, "the push is not stored yet"))
}

#[napi]
impl Merchants {
    /// Requests the next page, as [`Platform`]'s methods do. The answer is null after the last page.
    #[napi]
    pub fn next_page(&self, number: u32, waited: u32) -> napi::Result<()> {
        guard(|| {
            let pages = Arc::clone(&self.pages);
            self.channel.begin(number, move |_| {
                let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
                to_json(&next_merchants(&mut pages, milliseconds(waited))?)
            })
        })
    }
}
