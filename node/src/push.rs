//! Pushes from WeChat to a platform. `lib/pushes.js` is their facade.

use jumpqr::binding::{self, encrypt_reply};
use jumpqr::push;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use serde_json::{Value, json};

use crate::guard::{STYLE, from_json, guard, to_json};

/// Checks and decrypts pushes, without a platform.
#[napi]
pub struct Receiver {
    inner: push::Receiver,
}

/// A push that was received.
#[napi]
pub struct Push {
    inner: push::Push,
}

#[napi]
impl Receiver {
    /// Creates a receiver with these settings, in JSON.
    #[napi(constructor)]
    pub fn new(settings: String) -> napi::Result<Self> {
        guard(|| {
            let inner = binding::receiver(from_json(&settings)?, STYLE)?;
            Ok(Self { inner })
        })
    }

    /// Checks and decrypts a push.
    #[napi]
    pub fn receive(&self, query: String, body: Uint8Array) -> napi::Result<Push> {
        guard(|| {
            let inner = self.inner.receive(&query, &body)?;
            Ok(Push { inner })
        })
    }

    /// Returns the body that answers the check of an address.
    #[napi]
    pub fn verify_url(&self, query: String) -> napi::Result<String> {
        guard(|| self.inner.verify_url(&query))
    }
}

#[napi]
impl Push {
    /// Returns what it says, and the reply, in JSON.
    #[napi]
    pub fn parts(&self) -> napi::Result<String> {
        guard(|| to_json(&parts(&self.inner)))
    }

    /// Makes an encrypted reply.
    #[napi]
    pub fn encrypt_reply(&self, text: String) -> napi::Result<String> {
        guard(|| encrypt_reply(&self.inner, &text))
    }
}

/// Returns the parts of a push that the facade shows.
pub(crate) fn parts(push: &push::Push) -> Value {
    json!({ "event": binding::event(&push.event), "reply": push.reply })
}
