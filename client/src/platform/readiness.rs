//! Whether the rules of a merchant can work, before anything is written.

use jumpqr_core::error::Result;
use jumpqr_core::interface::{ApiGetAuthorizerInfo, AuthorizerInfoResponse};
use jumpqr_core::readiness::{Mode, Observation, Readiness, judge};

use super::Platform;
use crate::checks::{check_appid, refuse};

impl Platform {
    /// Asks WeChat about a merchant, and judges whether its rules can work: of which kind the
    /// account is, which permission sets it has granted, and whether it is verified and not frozen.
    /// Nothing is written.
    ///
    /// In service-account mode, give the service account, not the Mini Program that the rules open.
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
    pub fn authorizer_info(&self, authorizer_appid: &str) -> Result<AuthorizerInfoResponse> {
        check_appid("authorizer_appid", authorizer_appid).map_err(refuse)?;
        self.call(ApiGetAuthorizerInfo {
            component_appid: self.component_appid().to_owned(),
            authorizer_appid: authorizer_appid.to_owned(),
            component_token_field: self.account.token_field,
        })
    }
}
