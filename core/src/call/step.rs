use core::time::Duration;

use crate::error::Result;
use crate::request::Request;
use crate::secret::Secret;

/// What to do next. Times are counted from the same origin as in [`Call::new`](super::Call::new).
///
/// It borrows from the call, until the result is reported.
#[derive(Debug)]
pub enum Step<'a, R> {
    /// Reserve a slot of the [`Pacer`](crate::Pacer), and report to
    /// [`Call::slot`](super::Call::slot).
    Reserve {
        /// The interface's path.
        path: &'static str,
        /// The end of the call's queue timeout. A slot must not start later.
        deadline: Duration,
    },
    /// Get an access token, and report to [`Call::token`](super::Call::token).
    GetToken {
        /// The token that WeChat has just called stale: a newer one is needed.
        rejected: Option<&'a Secret>,
        /// The end of the call's timeout.
        deadline: Duration,
    },
    /// Do nothing until then. The driver may ask for the next step earlier. A call that waits for
    /// its slot then asks the pacer again, because the slot may have moved to an earlier time.
    Wait {
        /// The time of the next slot or retry.
        until: Duration,
    },
    /// Send this request, and report to [`Call::response`](super::Call::response).
    Send(SendRequest<'a>),
    /// The call is done.
    Done(Result<R>),
}

/// A request, and where and for how long to send it.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest<'a> {
    /// The request.
    pub request: &'a Request,
    /// The token for the query, see [`Request::url`].
    pub access_token: Option<&'a Secret>,
    /// The index of the host, from 0.
    pub host: usize,
    /// How long connecting, sending and receiving may take together.
    pub timeout: Duration,
}
