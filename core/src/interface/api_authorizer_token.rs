use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Decode, Interface, TokenResponse};
use crate::error::Result;
use crate::named;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `api_authorizer_token`: issues the access token with which a third-party platform calls for a
/// merchant that has authorised it.
///
/// The request itself needs the platform's token, from
/// [`ApiComponentToken`](super::ApiComponentToken). The response may have a new refresh token, and
/// then the one in the request may be invalid: store the new one before you use the access token.
/// If the response is lost, the refresh token in the request may be invalid as well. Then
/// [`ApiGetAuthorizerList`](super::ApiGetAuthorizerList) has the new one, or the merchant
/// authorises the platform again. Source: the official page of `getAuthorizerAccessToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAuthorizerToken {
    /// The platform.
    pub component_appid: String,
    /// The merchant's Mini Program or service account.
    pub authorizer_appid: String,
    /// The refresh token that was returned last.
    pub authorizer_refresh_token: Secret,
    /// The name of the query field with the platform's token.
    pub component_token_field: ComponentTokenField,
}

named! {
    /// The name of the query field with the component_access_token.
    #[derive(Default)]
    pub enum ComponentTokenField(setting "component_token_field") {
        /// `access_token`, as on the newer pages.
        #[default]
        AccessToken = "access_token",
        /// `component_access_token`, as on the older pages.
        ComponentAccessToken = "component_access_token",
    }
}

/// The response of `api_authorizer_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizerTokenResponse {
    /// The merchant's access token.
    pub token: TokenResponse,
    /// The refresh token for the next request. Store it before you use the access token. If it is
    /// `None`, the refresh token in the request remains valid.
    pub authorizer_refresh_token: Option<Secret>,
}

#[derive(Serialize)]
struct Body<'a> {
    component_appid: &'a str,
    authorizer_appid: &'a str,
    authorizer_refresh_token: &'a str,
}

impl Interface for ApiAuthorizerToken {
    type Response = AuthorizerTokenResponse;

    const NAME: &'static str = "api_authorizer_token";
    const PATH: &'static str = "/cgi-bin/component/api_authorizer_token";
    const PACED: bool = false;

    fn account(&self) -> Option<&str> {
        Some(&self.authorizer_appid)
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.authorizer_refresh_token]
    }

    fn request(&self) -> Result<Request> {
        let body = Body {
            component_appid: &self.component_appid,
            authorizer_appid: &self.authorizer_appid,
            authorizer_refresh_token: self.authorizer_refresh_token.expose(),
        };
        Ok(Request::post(Self::PATH, &body)?.with_token_field(self.component_token_field.name()))
    }
}

impl Decode for AuthorizerTokenResponse {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        Ok(Self {
            token: TokenResponse::decode_field(response, "authorizer_access_token")?,
            authorizer_refresh_token: response
                .filled_text("authorizer_refresh_token")
                .map(Secret::new),
        })
    }
}
