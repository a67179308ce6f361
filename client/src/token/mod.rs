//! Where access tokens come from.

mod app;
mod fixed;
mod function;
mod interface;
mod stored;

pub(crate) use app::AppTokens;
pub(crate) use fixed::FixedToken;
pub(crate) use function::TokenFunction;
pub use interface::TokenInterface;

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;

/// Provides access tokens. It is asked before every call, from many threads at once, so it keeps the token that it has.
pub trait TokenSource: Send + Sync + 'static {
    /// A token that is newer than the one rejected, if one was; `Ok(None)` where there is none to be had.
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>>;
}

/// What a token is asked for.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The token that WeChat has just called stale.
    pub rejected: Option<&'a Secret>,
    /// How long the call that needs the token has left.
    pub time_left: Duration,
}
