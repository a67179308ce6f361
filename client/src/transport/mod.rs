//! How requests are sent to WeChat: over blocking HTTP, or to a function in memory.

mod http;
mod memory;

pub use http::HttpTransport;
#[cfg(feature = "redis")]
pub(crate) use http::{BUNDLED, add_pem};
pub use memory::{MemoryTransport, SentRequest};

use std::fmt;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::{SendFailure, SendRequest};
use jumpqr_core::request::Method;
use jumpqr_core::response::Response;

use crate::cancel::Cancel;

/// Sends requests. It is used from many threads at once.
///
/// A transport follows no redirect, repeats no request, and keeps to the request's timeout. A
/// failure must say whether any part of the request may have been sent: then the client reads a
/// write back before it repeats it.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends one request, and returns the response, whatever its HTTP status.
    fn send(&self, request: &HttpRequest<'_>) -> Result<Response, SendFailure>;
}

/// One HTTP request, to be sent as it is. Its `Debug` output has neither the query nor the body.
pub struct HttpRequest<'a> {
    send: SendRequest<'a>,
    url: Secret,
    base_url: &'a str,
    cancel: &'a Cancel,
}

impl<'a> HttpRequest<'a> {
    pub(crate) fn new(send: SendRequest<'a>, base_url: &'a str, cancel: &'a Cancel) -> Self {
        Self {
            send,
            url: send.request.url(base_url, send.access_token),
            base_url,
            cancel,
        }
    }

    /// Returns the HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.send.request.method()
    }

    /// Returns the whole URL. It holds the access token or the appsecret.
    #[must_use]
    pub fn url(&self) -> &Secret {
        &self.url
    }

    /// Returns the URL of the host, without the path.
    #[must_use]
    pub fn base_url(&self) -> &'a str {
        self.base_url
    }

    /// Returns the path, without the query.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.send.request.path()
    }

    /// Returns the body, JSON in UTF-8; `None` on GET.
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.send.request.body()
    }

    /// Returns the access token in the query.
    #[must_use]
    pub fn access_token(&self) -> Option<&'a Secret> {
        self.send.access_token
    }

    /// Returns the timeout for connecting, sending and receiving together.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.send.timeout
    }

    /// Returns the [`Cancel`] of the call. A transport whose waits cannot be interrupted need not
    /// check it.
    #[must_use]
    pub fn cancel(&self) -> &'a Cancel {
        self.cancel
    }
}

impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("base_url", &self.base_url)
            .field("request", &self.send.request)
            .field("timeout", &self.send.timeout)
            .finish_non_exhaustive()
    }
}
