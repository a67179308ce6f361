use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{
    ApiAuthorizerToken, ApiGetAuthorizerList, ComponentTokenField, Interface,
};

use super::authorizer_list::AuthorizerList;
use super::component::Component;
use super::issuer::{Issued, Issuer};
use super::record::Record;
use super::stored_tokens::StoredTokens;
use crate::drive::{Driver, Patience};

/// `refresh_token is invalid`.
const REFRESH_TOKEN_INVALID: i64 = 61023;

/// Issues the tokens with which a platform calls for a merchant.
pub(crate) struct Authorizer {
    pub(crate) appid: String,
    pub(crate) platform: Arc<Authority>,
}

/// What all merchants of a platform share.
pub(crate) struct Authority {
    pub(crate) component_appid: String,
    pub(crate) component_token_field: ComponentTokenField,
    pub(crate) component_tokens: StoredTokens<Component>,
    pub(crate) driver: Arc<Driver>,
    pub(crate) list: AuthorizerList,
}

impl Issuer for Authorizer {
    fn interface(&self) -> &'static str {
        ApiAuthorizerToken::NAME
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    fn is_own(&self, interface: &str) -> bool {
        [ApiAuthorizerToken::NAME, ApiGetAuthorizerList::NAME].contains(&interface)
    }

    /// The refresh token; empty where none is stored.
    fn proof(&self, stored: &Record, _timeout: Duration) -> Result<Secret> {
        Ok(stored.refresh_token().unwrap_or_else(|| Secret::new("")))
    }

    fn issue(&self, proof: &Secret, _force: bool, timeout: Duration) -> Result<Issued> {
        let clock = &self.platform.driver.clock;
        let deadline = clock.now().saturating_add(timeout);
        let time_left = || deadline.saturating_sub(clock.now());
        let mut refused = None;
        if !proof.expose().is_empty() {
            match self.ask(proof, time_left()) {
                Err(error) if error.errcode() == Some(REFRESH_TOKEN_INVALID) => {
                    refused = Some(error);
                }
                issued => return issued,
            }
        }
        // The next one may have come in an answer that got lost: WeChat's list has it.
        let listed = self.platform.list.find(&self.appid, proof, |call| {
            let patience = Patience::new(time_left());
            let platform = &*self.platform;
            platform
                .driver
                .run(call, &platform.component_tokens, &patience)
        });
        match listed {
            Ok(Some(listed)) => {
                let mut issued = self.ask(&listed, time_left())?;
                issued.refresh_token.get_or_insert(listed);
                Ok(issued)
            }
            Ok(None) => Err(refused.unwrap_or_else(|| self.missing())),
            // Whether the authorisation is gone is not known before the list is.
            Err(error) => Err(match refused {
                Some(refused) => error.with_source(refused),
                None => error,
            }),
        }
    }

    fn is_refreshed(&self) -> bool {
        true
    }
}

impl Authorizer {
    fn ask(&self, refresh_token: &Secret, timeout: Duration) -> Result<Issued> {
        let platform = &*self.platform;
        let call = ApiAuthorizerToken {
            component_appid: platform.component_appid.clone(),
            authorizer_appid: self.appid.clone(),
            authorizer_refresh_token: refresh_token.clone(),
            component_token_field: platform.component_token_field,
        };
        let answer =
            platform
                .driver
                .run(call, &platform.component_tokens, &Patience::new(timeout))?;
        Ok(Issued {
            token: answer.token,
            refresh_token: answer.authorizer_refresh_token,
        })
    }

    fn missing(&self) -> Error {
        let what = format!(
            "there is no authorizer_refresh_token of {}, neither in the token store nor in WeChat's list of the merchants of {}",
            self.appid, self.platform.component_appid
        );
        Error::new(OwnCode::NoRefreshToken, what).in_interface(ApiAuthorizerToken::NAME)
    }
}
