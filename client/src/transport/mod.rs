//! How a request gets to WeChat and the answer back.

mod http;
mod memory;

#[cfg(feature = "redis")]
pub(crate) use http::{BUNDLED, add_pem};
pub use http::{HttpSettings, HttpTransport, IpVersion, ProxySetting, TlsRoots};
pub use memory::{MemoryTransport, SentRequest};

use std::fmt;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::{SendFailure, SendRequest};
use jumpqr_core::request::Method;
use jumpqr_core::response::Response;

use crate::cancel::Cancel;

/// Sends one request and gives its answer, whatever the HTTP status.
///
/// It follows no redirect, repeats nothing, and keeps to the request's timeout. In its errors it says truly whether any of
/// the request may have been sent: a write that may have been is read back before it is repeated. It is used from many
/// threads at once.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request`.
    fn send(&self, request: &HttpRequest<'_>) -> Result<Response, SendFailure>;
}

/// One HTTP request, to be sent as it is. Its `Debug` shows neither the URL's query nor the body.
pub struct HttpRequest<'a> {
    sending: &'a SendRequest,
    url: Secret,
    base_url: &'a str,
    cancel: &'a Cancel,
}

impl<'a> HttpRequest<'a> {
    pub(crate) fn new(sending: &'a SendRequest, base_url: &'a str, cancel: &'a Cancel) -> Self {
        Self {
            sending,
            url: sending.request.url(base_url, sending.access_token.as_ref()),
            base_url,
            cancel,
        }
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.sending.request.method()
    }

    /// The whole URL. It holds the access token or the appsecret.
    #[must_use]
    pub fn url(&self) -> &Secret {
        &self.url
    }

    /// The URL of the host, without the path.
    #[must_use]
    pub fn base_url(&self) -> &'a str {
        self.base_url
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.sending.request.path()
    }

    /// The body, JSON in UTF-8; `None` on GET.
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.sending.request.body()
    }

    /// The access token in the query.
    #[must_use]
    pub fn access_token(&self) -> Option<&'a Secret> {
        self.sending.access_token.as_ref()
    }

    /// How long connecting, sending and receiving may take together.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.sending.timeout
    }

    /// Whether the caller still wants an answer; a transport that cannot be interrupted need not ask.
    #[must_use]
    pub fn cancel(&self) -> &'a Cancel {
        self.cancel
    }
}

impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("base_url", &self.base_url)
            .field("request", &self.sending.request)
            .field("timeout", &self.sending.timeout)
            .finish_non_exhaustive()
    }
}
