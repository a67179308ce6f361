use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{Interface, StableToken, Token};
use jumpqr_core::renewal::{Credential, Issued};

use super::issuer::{Issuer, digest};
use crate::drive::{CallOptions, Driver};

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

/// Asks for the tokens of an account with its appid and appsecret.
pub(crate) struct AppIssuer {
    pub(crate) appid: String,
    pub(crate) secret: Secret,
    pub(crate) interface: TokenInterface,
    pub(crate) driver: Arc<Driver>,
}

impl Issuer for AppIssuer {
    fn interface(&self) -> &'static str {
        self.interface.name()
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    fn credential(&self, _refresh_token: Option<Secret>, _timeout: Duration) -> Result<Credential> {
        Ok(Credential {
            digest: digest([&self.secret]),
            secret: Some(self.secret.clone()),
        })
    }

    fn ask(&self, credential: &Secret, force: bool, timeout: Duration) -> Result<Issued> {
        let appid = self.appid.clone();
        let secret = credential.clone();
        let options = CallOptions::new(timeout);
        let response = match self.interface {
            TokenInterface::StableToken => {
                let call = StableToken {
                    appid,
                    secret,
                    force_refresh: force,
                };
                self.driver.run(call, None, &options, false)
            }
            TokenInterface::Token => {
                let call = Token { appid, secret };
                self.driver.run(call, None, &options, false)
            }
        };
        response.map(Issued::from)
    }
}
