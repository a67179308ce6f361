use core::time::Duration;

use crate::error::Result;
use crate::request::Request;
use crate::secret::Secret;

/// What to do next. Times are counted from the origin that was chosen for
/// [`Call::new`](super::Call::new).
#[derive(Debug)]
pub enum Step<A> {
    /// Ask the [`Pacer`](crate::Pacer), and report to [`Call::reserved`](super::Call::reserved).
    Reserve {
        /// The interface's path.
        path: &'static str,
        /// When the call's queue timeout ends: a slot that starts later is of no use.
        latest: Duration,
    },
    /// Get an access token, and report to [`Call::token`](super::Call::token).
    GetToken {
        /// The token that WeChat has just called stale; a newer one is asked for.
        rejected: Option<Secret>,
        /// When the call ends.
        deadline: Duration,
    },
    /// Do nothing until then. The next step may be asked for earlier: if the call waits for its
    /// slot, it asks the pacer again, because the slot may have moved to an earlier time.
    Wait {
        /// When there is something to do.
        until: Duration,
    },
    /// Send this, and report to [`Call::response`](super::Call::response).
    Send(SendRequest),
    /// The call is done.
    Done(Result<A>),
}

/// What to send, where, and for how long to wait for the answer.
#[derive(Debug, Clone)]
pub struct SendRequest {
    /// The request.
    pub request: Request,
    /// Goes into the query, see [`Request::url`].
    pub access_token: Option<Secret>,
    /// Which of the hosts, from 0.
    pub host: usize,
    /// How long connecting, sending and receiving may take together.
    pub timeout: Duration,
}
