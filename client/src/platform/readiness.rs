//! Whether the rules of a merchant can work, before anything is written.

use jumpqr_core::error::Result;
use jumpqr_core::interface::{ApiGetAuthorizerInfo, AuthorizerInfoResponse, Interface};
use jumpqr_core::readiness::{Mode, Observation, Readiness, judge};

use super::Platform;
use crate::tokens::TokenSource;

impl Platform {
    /// Asks WeChat about a merchant, and judges whether its rules can work: of which kind the
    /// account is, which permission sets it has granted, and whether it is verified and not frozen.
    /// Nothing is written.
    ///
    /// In service-account mode, give the service account, not the Mini Program that the rules open.
    ///
    /// Errors: if the store knows that the merchant has ended the authorisation, it is
    /// `merchant_unauthorized`, and WeChat is not asked.
    pub fn readiness(&self, authorizer_appid: &str, mode: Mode) -> Result<Readiness> {
        let response = self.authorizer_info(authorizer_appid)?;
        let granted = response.authorization_info.as_ref();
        Ok(judge(&Observation {
            mode,
            authorizer_info: &response.authorizer_info,
            func_info: granted.and_then(|info| info.func_info.as_deref()),
            principal_type: None,
        }))
    }

    /// Returns what WeChat says about a merchant, and what the merchant has granted.
    ///
    /// Errors: if the store knows that the merchant has ended the authorisation, it is
    /// `merchant_unauthorized`, and WeChat is not asked.
    pub fn authorizer_info(&self, authorizer_appid: &str) -> Result<AuthorizerInfoResponse> {
        self.check_waited()?;
        let clock = &self.account.driver.clock;
        let begun = clock.now();
        let merchant = self.merchant_of(authorizer_appid)?;
        if let Some(error) = merchant.tokens.end_of_authorisation(self.timeout) {
            return Err(error.in_interface(ApiGetAuthorizerInfo::NAME));
        }
        let took = clock.now().saturating_sub(begun);
        let call = ApiGetAuthorizerInfo {
            component_appid: self.component_appid().to_owned(),
            authorizer_appid: authorizer_appid.to_owned(),
            component_token_field: self.account.token_field,
        };
        self.call_within(self.timeout.saturating_sub(took), call)
    }
}
