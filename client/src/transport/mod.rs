//! How requests are sent to WeChat: over blocking HTTP, or to a function in memory.

mod http;
mod memory;

pub use http::HttpTransport;
#[cfg(feature = "redis")]
pub(crate) use http::{BUNDLED, add_pem};
pub use memory::{MemoryTransport, SentRequest};

use std::fmt;
use std::time::{Duration, Instant};

use jumpqr_core::Secret;
use jumpqr_core::call::{SendFailure, SendRequest};
use jumpqr_core::request::Request;
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

    /// Sends one request without waiting for the response, for a caller that must not block, such
    /// as an event loop.
    ///
    /// `None` means that nothing was sent: sending would wait, for example for a connection. The
    /// caller then calls [`send`](Self::send) on another thread. A transport that cannot do this
    /// need not implement it.
    fn begin(&self, _request: &HttpRequest<'_>) -> Option<Result<Box<dyn InFlight>, SendFailure>> {
        None
    }
}

/// A request that was sent, and whose response has not arrived. Dropping it closes the connection.
pub trait InFlight: fmt::Debug + Send {
    /// Returns the socket that becomes readable when more of the response has arrived. It must not
    /// be read or closed by others.
    #[cfg(unix)]
    fn socket(&self) -> std::os::fd::BorrowedFd<'_>;

    /// Returns when the wait for more of the response must end. It may be later after each part.
    fn deadline(&self) -> Instant;

    /// Takes what has arrived, and does not wait. After the deadline, the request fails.
    fn advance(&mut self) -> Advance;

    /// Waits for the rest of the response, until the deadline or until the call is cancelled.
    fn finish(self: Box<Self>, cancel: &Cancel) -> Result<Response, SendFailure>;
}

/// What has become of a request in flight.
#[derive(Debug)]
pub enum Advance {
    /// The response has not arrived, or not to its end.
    Pending,
    /// The request is over.
    Done(Result<Response, SendFailure>),
    /// The rest must be [waited for](InFlight::finish), on a thread that may block.
    MustWait,
}

/// One HTTP request, to be sent as it is. Its `Debug` output has neither the query nor the body.
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpRequest<'a> {
    /// The method, the path, and the body.
    pub content: &'a Request,
    /// The URL of the host, without the path.
    pub base_url: &'a str,
    /// The access token in the query.
    pub access_token: Option<&'a Secret>,
    /// The timeout for connecting, sending and receiving together.
    pub timeout: Duration,
    /// The [`Cancel`] of the call. A transport whose waits cannot be interrupted need not check it.
    pub cancel: &'a Cancel,
}

impl<'a> HttpRequest<'a> {
    pub(crate) fn new(send: SendRequest<'a>, base_url: &'a str, cancel: &'a Cancel) -> Self {
        Self {
            content: send.request,
            base_url,
            access_token: send.access_token,
            timeout: send.timeout,
            cancel,
        }
    }

    /// Makes the whole URL. It holds the access token or the appsecret.
    #[must_use]
    pub fn url(&self) -> Secret {
        self.content.url(self.base_url, self.access_token)
    }
}
