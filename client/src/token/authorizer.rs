use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{
    ApiAuthorizerToken, ApiGetAuthorizerList, ComponentTokenField, Interface,
};

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
}

impl Issuer for Authorizer {
    fn interface(&self) -> &'static str {
        ApiAuthorizerToken::NAME
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    /// The refresh token; empty where none is stored.
    fn proof(&self, stored: &Record) -> Result<Secret> {
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
        match self.platform.listed(&self.appid, time_left) {
            Ok(Some(listed)) if listed != *proof => {
                let mut issued = self.ask(&listed, time_left())?;
                issued.refresh_token.get_or_insert(listed);
                Ok(issued)
            }
            Ok(_) => Err(refused.unwrap_or_else(|| self.missing())),
            Err(error) => Err(match refused {
                Some(refused) => refused.with_source(error),
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

impl Authority {
    /// The merchant's refresh token, as WeChat has it.
    fn listed(&self, appid: &str, time_left: impl Fn() -> Duration) -> Result<Option<Secret>> {
        let mut page = Some(ApiGetAuthorizerList::first_page(
            &*self.component_appid,
            self.component_token_field,
        ));
        while let Some(call) = page {
            let patience = Patience::new(time_left());
            let answer = self
                .driver
                .run(call.clone(), &self.component_tokens, &patience)?;
            if let Some(merchant) = answer.find(appid) {
                return Ok(merchant.refresh_token.clone());
            }
            page = call.next_page(&answer);
        }
        Ok(None)
    }
}
