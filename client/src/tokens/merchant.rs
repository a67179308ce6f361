use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{ApiAuthorizerToken, ApiGetAuthorizerList, ApiQueryAuth, Interface};
use jumpqr_core::renewal::{Credential, Issued, Listed, MerchantTokens, Recalled};

use super::issuer::{Issuer, digest};
use super::platform::PlatformAccount;
use crate::drive::CallOptions;

/// Asks for the token with which a platform calls for a merchant. The credential is the merchant's
/// refresh token.
pub(crate) struct MerchantIssuer {
    pub(crate) appid: String,
    pub(crate) platform: Arc<PlatformAccount>,
}

impl MerchantIssuer {
    /// Makes a call that needs the platform's token.
    fn run<I: Interface>(&self, call: I, timeout: Duration) -> Result<I::Response> {
        let PlatformAccount { driver, tokens, .. } = &*self.platform;
        driver.run(call, Some(tokens), &CallOptions::new(timeout))
    }
}

impl Issuer for MerchantIssuer {
    fn interface(&self) -> &'static str {
        ApiAuthorizerToken::NAME
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    fn platform(&self) -> Option<&str> {
        Some(&self.platform.appid)
    }

    fn credential(
        &self,
        refresh_token: Option<Secret>,
        pushed_code: Option<Secret>,
        _timeout: Duration,
    ) -> Result<Credential> {
        Ok(Credential {
            digest: digest(refresh_token.iter().chain(&pushed_code)),
            secret: refresh_token,
        })
    }

    fn ask(&self, credential: &Secret, _force: bool, timeout: Duration) -> Result<Issued> {
        let call = ApiAuthorizerToken {
            component_appid: self.platform.appid.clone(),
            authorizer_appid: self.appid.clone(),
            authorizer_refresh_token: credential.clone(),
            component_token_field: self.platform.token_field,
        };
        let response = self.run(call, timeout)?;
        Ok(Issued {
            token: response.token,
            refresh_token: response.authorizer_refresh_token,
        })
    }

    fn exchange(&self, code: Secret, timeout: Duration) -> Result<MerchantTokens> {
        let call = ApiQueryAuth {
            component_appid: self.platform.appid.clone(),
            authorization_code: code,
            component_token_field: self.platform.token_field,
        };
        let info = self.run(call, timeout)?;
        self.platform.list.expect_new_merchant();
        if info.authorizer_appid != self.appid {
            let what = format!(
                "the code that was pushed for {} is of {}",
                self.appid, info.authorizer_appid
            );
            let error = Error::new(OwnCode::UnexpectedResponse, what);
            return Err(error.in_interface(ApiQueryAuth::NAME));
        }
        Ok(MerchantTokens {
            token: info.token(),
            refresh_token: info.authorizer_refresh_token,
        })
    }

    fn recall(&self) -> Recalled {
        self.platform.list.recall(&self.appid)
    }

    fn search(&self, refused: Option<&Secret>, deadline: Duration) -> (Result<Listed>, bool) {
        let list = &self.platform.list;
        let pages_read = list.pages_read();
        let read = |call: ApiGetAuthorizerList, time_left| self.run(call, time_left);
        let listed = list.search(&self.appid, refused, deadline, read);
        (listed, list.pages_read() != pages_read)
    }
}
