//! An authorization_code is exchanged for the tokens of a merchant.

use std::collections::VecDeque;

use jumpqr_core::error::{Error, Outcome, OwnCode, Result};
use jumpqr_core::interface::{ApiQueryAuth, AuthorizationInfo, FuncInfo, Interface};
use jumpqr_core::push::Authorization;
use jumpqr_core::renewal::{Exchanged, Listed, MerchantChange};
use jumpqr_core::{ErrCode, Secret};

use serde::Serialize;

use super::Platform;
use crate::tokens::CredentialDigest;

/// A merchant whose refresh token is stored. It serialises with the names of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuthorizedMerchant {
    /// The merchant's Mini Program or service account, for [`Platform::merchant`].
    pub authorizer_appid: String,
    /// The permission sets that the merchant has granted; `None` if WeChat did not tell.
    pub func_info: Option<Vec<FuncInfo>>,
    /// Whether there is a refresh token. WeChat gives none to an account that may call nothing.
    pub has_refresh_token: bool,
}

/// How many exchanged codes are remembered, about 100 bytes each.
const MOST_REMEMBERED: usize = 1_000;

/// The codes that this process has exchanged last, by their digests, and their merchants.
#[derive(Default)]
pub(super) struct ExchangedCodes(VecDeque<(CredentialDigest, String)>);

impl ExchangedCodes {
    fn add(&mut self, code: &Secret, appid: &str) {
        if self.0.len() >= MOST_REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((digest(code), appid.to_owned()));
    }

    fn find(&self, code: &Secret) -> Option<String> {
        let digest = digest(code);
        let mut codes = self.0.iter();
        codes.find_map(|(known, appid)| (*known == digest).then(|| appid.clone()))
    }
}

fn digest(code: &Secret) -> CredentialDigest {
    crate::tokens::digest([code])
}

impl Platform {
    /// Exchanges the authorization_code of a merchant who has come back from [the
    /// link](Self::authorization_url), and stores the refresh token before it returns. Give the
    /// decoded `auth_code` of the redirect's query.
    ///
    /// The push `authorized` brings a code of the same merchant. Both may be exchanged, in any
    /// order. If the page is loaded twice, the code was used before, which WeChat refuses with
    /// 61009: if this process exchanged it, and the merchant is stored, that is no error.
    ///
    /// Errors: if the response is lost, WeChat may have exchanged the code. Then the exchange of
    /// the push, or the next call for the merchant, finds the refresh token in WeChat's list. If
    /// the merchant has ended the authorisation meanwhile, it is `merchant_unauthorized`.
    pub fn exchange(&self, authorization_code: impl Into<Secret>) -> Result<AuthorizedMerchant> {
        self.exchange_code(&authorization_code.into(), None)
    }

    /// Exchanges the code of a push.
    pub(super) fn exchange_pushed(&self, event: &Authorization) -> Result<AuthorizedMerchant> {
        let appid = &event.authorizer_appid;
        let record = self.merchant_of(appid)?.tokens.record(self.timeout)?;
        if record
            .unauthorised_at()
            .is_some_and(|ended_at| ended_at > event.create_time)
        {
            return Err(self.has_ended(appid));
        }
        self.exchange_code(&event.authorization_code, Some(event))
    }

    fn exchange_code(
        &self,
        code: &Secret,
        event: Option<&Authorization>,
    ) -> Result<AuthorizedMerchant> {
        let mut exchanged = Exchanged {
            token: None,
            refresh_token: None,
            asked_at: self.account.driver.clock.time_of_day(),
            create_time: event.map(|event| event.create_time),
        };
        match self.call(self.query_auth(code)) {
            Ok(info) => {
                exchanged.token = info.token();
                exchanged
                    .refresh_token
                    .clone_from(&info.authorizer_refresh_token);
                let merchant = self.store_exchanged(info, exchanged)?;
                self.exchanged.lock().add(code, &merchant.authorizer_appid);
                Ok(merchant)
            }
            Err(error) => {
                let known = self.exchanged.lock().find(code);
                let appid = event.map(|event| event.authorizer_appid.clone()).or(known);
                match appid {
                    Some(appid) => self.after_refusal(appid, exchanged, error),
                    None => Err(error),
                }
            }
        }
    }

    /// Returns the call that exchanges a code.
    pub(super) fn query_auth(&self, code: &Secret) -> ApiQueryAuth {
        ApiQueryAuth {
            component_appid: self.component_appid().to_owned(),
            authorization_code: code.clone(),
            component_token_field: self.account.token_field,
        }
    }

    fn store_exchanged(
        &self,
        info: AuthorizationInfo,
        exchanged: Exchanged,
    ) -> Result<AuthorizedMerchant> {
        let appid = info.authorizer_appid;
        let merchant = self.merchant_of(&appid)?;
        self.account.list.expect_new_merchant();
        let has_refresh_token = exchanged.refresh_token.is_some();
        let change = MerchantChange::Authorised(exchanged);
        if !merchant.tokens.change(change, self.timeout)? {
            return Err(self.has_ended(&appid));
        }
        Ok(AuthorizedMerchant {
            authorizer_appid: appid,
            func_info: info.func_info,
            has_refresh_token,
        })
    }

    /// WeChat does not exchange a code of this merchant, or its response was lost. That is no error
    /// if the merchant is stored, or can be from WeChat's list.
    fn after_refusal(
        &self,
        appid: String,
        mut exchanged: Exchanged,
        error: Error,
    ) -> Result<AuthorizedMerchant> {
        let code = error.code().documented();
        let is_spent = code.is_some_and(ErrCode::is_authorization_code_spent);
        if !is_spent && error.outcome() != Outcome::Unknown {
            return Err(error);
        }
        let tokens = self.merchant_of(&appid)?.tokens;
        // After a lost response, the stored refresh token may be of an earlier authorisation.
        let is_stored = is_spent && tokens.record(self.timeout)?.refresh_token().is_some();
        if !is_stored {
            match tokens.search_list(self.timeout) {
                Ok(Listed::With(token)) => exchanged.refresh_token = Some(token),
                _ => return Err(error),
            }
            if !tokens.change(MerchantChange::Authorised(exchanged), self.timeout)? {
                return Err(self.has_ended(&appid));
            }
        }
        Ok(AuthorizedMerchant {
            func_info: self.granted_sets(&appid),
            authorizer_appid: appid,
            has_refresh_token: true,
        })
    }

    /// Returns the permission sets that the merchant has granted, if WeChat tells.
    fn granted_sets(&self, appid: &str) -> Option<Vec<FuncInfo>> {
        let response = self.authorizer_info(appid);
        response.ok()?.authorization_info?.func_info
    }

    fn has_ended(&self, appid: &str) -> Error {
        let what = format!(
            "{appid} has ended its authorisation of {} after this code was made",
            self.component_appid()
        );
        Error::new(OwnCode::MerchantUnauthorized, what).in_interface(ApiQueryAuth::NAME)
    }
}
