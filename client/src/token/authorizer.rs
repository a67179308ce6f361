use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{
    ApiAuthorizerToken, ApiGetAuthorizerList, ComponentTokenField, Interface,
};

use super::authorizer_list::{AuthorizerList, Listed};
use super::component::Component;
use super::issuer::{Issued, Issuer};
use super::record::Record;
use super::refusal::{NOT_AUTHORIZED, of_listed_merchant};
use super::stored_tokens::StoredTokens;
use crate::drive::{CallOptions, Driver};

/// `refresh_token is invalid`.
const REFRESH_TOKEN_INVALID: i64 = 61023;

/// How many refresh tokens of a merchant are tried in one renewal. Only a program that shares no
/// store with this one uses them up so fast.
const MOST_REFUSED: usize = 3;

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

    /// Asks with the stored refresh token. If WeChat refuses it, the next one may have come in an
    /// answer that got lost: WeChat's list has it. No refusal is final before the list was read
    /// after it.
    fn issue(&self, proof: &Secret, _force: bool, timeout: Duration) -> Result<Issued> {
        let clock = &self.platform.driver.clock;
        let list = &self.platform.list;
        let deadline = clock.now().saturating_add(timeout);
        let mut refused: Vec<Secret> = Vec::new();
        let mut refusal: Option<Error> = None;
        let mut next = Some(proof.clone()).filter(|proof| !proof.expose().is_empty());
        loop {
            if let Some(refresh_token) = next {
                match self.ask(&refresh_token, deadline.saturating_sub(clock.now())) {
                    Err(error) if is_about_authorisation(&error) => {
                        refusal = Some(error);
                        refused.push(refresh_token);
                    }
                    Ok(mut issued) if refresh_token != *proof => {
                        issued.refresh_token.get_or_insert(refresh_token);
                        return Ok(issued);
                    }
                    result => return result,
                }
            }
            let is_new = |token: &Secret| !refused.contains(token);
            next = list.take_kept(&self.appid).filter(is_new);
            if next.is_some() {
                continue;
            }
            let listed = match self.known_of(refusal.as_ref()) {
                Some(known) => known,
                None => self.listed(refused.last(), deadline, refusal.as_ref())?,
            };
            next = match listed {
                Listed::With(token) if is_new(&token) => {
                    if refused.len() >= MOST_REFUSED {
                        return Err(refusal
                            .map_or_else(|| self.missing(&Listed::Absent), renewed_elsewhere));
                    }
                    Some(token)
                }
                listed => return Err(self.refused(refusal, &listed)),
            };
        }
    }

    fn is_refreshed(&self) -> bool {
        true
    }

    fn progress(&self) -> u64 {
        self.platform.list.pages_read()
    }
}

/// Whether it says that the refresh token, or the whole authorisation, is not valid.
fn is_about_authorisation(error: &Error) -> bool {
    matches!(
        error.errcode(),
        Some(REFRESH_TOKEN_INVALID | NOT_AUTHORIZED)
    )
}

/// The error of a merchant whose refresh tokens are used up as fast as WeChat's list names them.
fn renewed_elsewhere(refusal: Error) -> Error {
    refusal.with_retryable(true).with_advice(
        "Let all programs of the platform share one token store: another one renews this merchant's tokens, too.",
    )
}

impl Authorizer {
    /// What the pages that were read lately say, if that is enough: the merchants who have
    /// withdrawn their authorisation would cause a walk through the whole list each.
    fn known_of(&self, refusal: Option<&Error>) -> Option<Listed> {
        if refusal?.errcode() != Some(NOT_AUTHORIZED) {
            return None;
        }
        let is_listed = self.platform.list.has_lately(&self.appid)?;
        Some(if is_listed {
            Listed::Without
        } else {
            Listed::Absent
        })
    }

    /// What the list says after `refused` was refused.
    fn listed(
        &self,
        refused: Option<&Secret>,
        deadline: Duration,
        refusal: Option<&Error>,
    ) -> Result<Listed> {
        let platform = &*self.platform;
        let none = Secret::new("");
        let read = |call: ApiGetAuthorizerList, time_left| {
            let options = CallOptions::new(time_left);
            platform
                .driver
                .run(call, &platform.component_tokens, &options, false)
        };
        let listed = platform
            .list
            .search(&self.appid, refused.unwrap_or(&none), deadline, read);
        // Whether the authorisation is gone is not known before the list is.
        listed.map_err(|error| match refusal {
            Some(refusal) => error.with_source(refusal.clone()),
            None => error,
        })
    }

    /// The error of a merchant of whom the list has no other refresh token.
    fn refused(&self, refusal: Option<Error>, listed: &Listed) -> Error {
        match refusal {
            Some(refusal)
                if refusal.errcode() == Some(NOT_AUTHORIZED)
                    && !matches!(listed, Listed::Absent) =>
            {
                of_listed_merchant(refusal)
            }
            Some(refusal) => refusal,
            None => self.missing(listed),
        }
    }

    fn ask(&self, refresh_token: &Secret, timeout: Duration) -> Result<Issued> {
        let platform = &*self.platform;
        let call = ApiAuthorizerToken {
            component_appid: platform.component_appid.clone(),
            authorizer_appid: self.appid.clone(),
            authorizer_refresh_token: refresh_token.clone(),
            component_token_field: platform.component_token_field,
        };
        let answer = platform.driver.run(
            call,
            &platform.component_tokens,
            &CallOptions::new(timeout),
            false,
        )?;
        Ok(Issued {
            token: answer.token,
            refresh_token: answer.authorizer_refresh_token,
        })
    }

    fn missing(&self, listed: &Listed) -> Error {
        let (appid, platform) = (&self.appid, &self.platform.component_appid);
        let what = match listed {
            Listed::Absent => format!(
                "there is no authorizer_refresh_token of {appid}, neither in the token store nor in WeChat's list of the merchants of {platform}"
            ),
            _ => format!(
                "there is no authorizer_refresh_token of {appid} in the token store, and WeChat's list of the merchants of {platform} names {appid} without one: its authorization_code was never exchanged with api_query_auth"
            ),
        };
        Error::new(OwnCode::NoRefreshToken, what).in_interface(ApiAuthorizerToken::NAME)
    }
}
