//! Where access tokens come from.

mod app;
mod aside;
mod authorizer;
mod authorizer_list;
mod component;
mod fixed;
mod function;
mod held;
mod interface;
mod issuer;
mod record;
mod refusal;
mod renewal;
mod status;
mod stored_tokens;
mod ticket;
mod turn;

pub(crate) use app::App;
pub(crate) use aside::TokensAside;
pub(crate) use authorizer::{Authority, Authorizer};
pub(crate) use authorizer_list::AuthorizerList;
pub(crate) use component::Component;
pub(crate) use fixed::FixedToken;
pub(crate) use function::TokenFunction;
pub use interface::TokenInterface;
pub use status::{RefusedToken, TokenState, TokenStatus};
pub(crate) use stored_tokens::StoredTokens;
pub(crate) use ticket::Ticket;

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;

/// Provides access tokens. It is asked before every call, from many threads at once, so it keeps the token that it has.
pub trait TokenSource: Send + Sync + 'static {
    /// A token that is newer than the one rejected, if one was; `Ok(None)` where there is none to be had.
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>>;

    /// What [`token`](Self::token) gives where that takes no waiting; `None` where it may, and is then to be asked on a thread of its
    /// own, so that whoever waits for it [can give up](crate::Cancel::with_check).
    fn token_at_hand(&self, _request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        None
    }

    /// How the token stands in its store, which may take so long to tell it; `None` where there is no store.
    fn status(&self, _timeout: Duration) -> Result<Option<TokenStatus>> {
        Ok(None)
    }
}

/// What a token is asked for.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The token that WeChat has just called stale.
    pub rejected: Option<&'a Secret>,
    /// How long the call that needs the token has left.
    pub time_left: Duration,
}
