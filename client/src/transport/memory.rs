//! A transport without a network, for tests of programs that use jumpqr.

use std::fmt;
use std::time::Duration;

use jumpqr_core::call::SendFailure;
use jumpqr_core::request::Request;
use jumpqr_core::response::Response;

use super::{HttpRequest, Transport};
use crate::mutex::Mutex;

type Handler = dyn Fn(&HttpRequest<'_>) -> Result<Response, SendFailure> + Send + Sync;

/// A transport without a network, for tests: a function answers each request, and the requests are
/// kept. It may be used from any number of threads at once.
///
/// ```
/// use std::sync::Arc;
/// use jumpqr::response::Response;
/// use jumpqr::transport::MemoryTransport;
/// use jumpqr::Client;
///
/// let wechat = MemoryTransport::new(|_| Ok(Response::ok(r#"{"errcode":0,"errmsg":"ok"}"#)));
/// let wechat = Arc::new(wechat);
/// let client = Client::builder().access_token("TOKEN").transport(wechat.clone()).build()?;
/// client.publish_jump_qr_code("https://m.example.cn/table/")?;
/// // The client looks the rule up first.
/// assert_eq!(wechat.sent()[0].content.path(), "/cgi-bin/wxopen/qrcodejumpget");
/// assert_eq!(wechat.sent()[1].content.path(), "/cgi-bin/wxopen/qrcodejumppublish");
/// # Ok::<(), jumpqr::Error>(())
/// ```
pub struct MemoryTransport {
    handler: Box<Handler>,
    sent: Mutex<Vec<SentRequest>>,
}

/// A request that a [`MemoryTransport`] has received. Its `Debug` output has neither the query nor
/// the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// The URL of the host, without the path.
    pub base_url: String,
    /// The method, the path, and the body.
    pub content: Request,
    /// The timeout of the request.
    pub timeout: Duration,
}

impl MemoryTransport {
    /// Makes a transport that answers each request with the result of `handler`, which may be
    /// called from many threads at once.
    pub fn new(
        handler: impl Fn(&HttpRequest<'_>) -> Result<Response, SendFailure> + Send + Sync + 'static,
    ) -> Self {
        Self {
            handler: Box::new(handler),
            sent: Mutex::default(),
        }
    }

    /// Returns the requests so far, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<SentRequest> {
        self.sent.lock().clone()
    }
}

impl Transport for MemoryTransport {
    fn send(&self, request: &HttpRequest<'_>) -> Result<Response, SendFailure> {
        let sent = SentRequest {
            base_url: request.base_url.to_owned(),
            content: request.content.clone(),
            timeout: request.timeout,
        };
        self.sent.lock().push(sent);
        (self.handler)(request)
    }
}

impl fmt::Debug for MemoryTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTransport").finish_non_exhaustive()
    }
}
