use std::time::Duration;

use jumpqr_core::error::Result;
use jumpqr_core::{PaceReply, PaceRequest};

use super::Key;

/// A [store](super::TokenStore) that also keeps the pace of calls, so that all its clients together
/// make no more than 5 calls in a second for each interface and account.
///
/// [`SharedPace`](jumpqr_core::SharedPace) decides. The store keeps one for each account, and lets
/// only one client at a time use it.
pub trait PaceStore {
    /// Handles a request about the interface with this path, for the account of the key. It may be
    /// called from many threads at once, and waits no longer than `timeout`.
    fn pace(
        &self,
        account: &Key,
        path: &str,
        request: PaceRequest,
        timeout: Duration,
    ) -> Result<PaceReply>;
}
