use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::interface::{StableToken, Token};
use jumpqr_core::renewal::{Credential, Issued};

use super::issuer::{Issuer, digest};
use crate::drive::{CallOptions, Driver};
use crate::settings::TokenInterface;

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

    fn credential(
        &self,
        _: Option<Secret>,
        _: Option<Secret>,
        _timeout: Duration,
    ) -> Result<Credential> {
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
                self.driver.run(call, None, &options)
            }
            TokenInterface::Token => {
                let call = Token { appid, secret };
                self.driver.run(call, None, &options)
            }
        };
        response.map(Issued::from)
    }
}
