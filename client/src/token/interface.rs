use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{Interface, StableToken, Token};

/// Which interface issues the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TokenInterface {
    /// `stable_token`: everybody who asks gets the same token, so processes do not kill each other's.
    #[default]
    StableToken,
    /// `token`: each call issues a new token, and the former dies 5 minutes later.
    Token,
}

impl TokenInterface {
    /// Every interface.
    pub const ALL: &'static [Self] = &[Self::StableToken, Self::Token];

    /// WeChat's name of the interface, e.g. `stable_token`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StableToken => StableToken::NAME,
            Self::Token => Token::NAME,
        }
    }

    /// The interface that WeChat calls so; another name is refused.
    pub fn from_name(name: &str) -> Result<Self> {
        let known = Self::ALL.iter().find(|known| known.name() == name);
        known.copied().ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|known| known.name()).collect();
            let names = names.join(" or ");
            Error::new(
                OwnCode::InvalidConfig,
                format!("token_interface: give {names}"),
            )
        })
    }
}
