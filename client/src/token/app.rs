use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::interface::{StableToken, Token};

use super::TokenInterface;
use super::issuer::{Issued, Issuer};
use super::record::Record;
use crate::drive::Driver;

/// Issues the tokens of an account for its appid and appsecret.
pub(crate) struct App {
    pub(crate) appid: String,
    pub(crate) secret: Secret,
    pub(crate) interface: TokenInterface,
    pub(crate) driver: Arc<Driver>,
}

impl Issuer for App {
    fn interface(&self) -> &'static str {
        self.interface.name()
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    fn proof(&self, _stored: &Record, _timeout: Duration) -> Result<Secret> {
        Ok(self.secret.clone())
    }

    fn issue(&self, proof: &Secret, force: bool, timeout: Duration) -> Result<Issued> {
        let appid = self.appid.clone();
        let secret = proof.clone();
        let answer = match self.interface {
            TokenInterface::StableToken => {
                let call = StableToken {
                    appid,
                    secret,
                    force_refresh: force,
                };
                self.driver.run_without_token(call, timeout)
            }
            TokenInterface::Token => {
                let call = Token { appid, secret };
                self.driver.run_without_token(call, timeout)
            }
        };
        answer.map(Issued::from)
    }
}
