use alloc::string::String;

use serde::Serialize;

use super::{AuthorizationInfo, AuthorizerInfo, ComponentTokenField, Decode, Interface};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;

/// `api_get_authorizer_info`: returns what WeChat says about a merchant that has authorised a
/// third-party platform, and what it has granted.
///
/// The request needs the platform's token, from [`ApiComponentToken`](super::ApiComponentToken).
/// Source: the official page of `getAuthorizerInfo`.
///
/// It serialises to the body of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiGetAuthorizerInfo {
    /// The platform.
    pub component_appid: String,
    /// The merchant's Mini Program or service account.
    pub authorizer_appid: String,
    /// The name of the query field with the platform's token.
    #[serde(skip)]
    pub component_token_field: ComponentTokenField,
}

/// The response of `api_get_authorizer_info`. It serialises with the wire names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuthorizerInfoResponse {
    /// The account.
    pub authorizer_info: AuthorizerInfo,
    /// What it has granted, without an access token. `None` if the response has no usable one.
    pub authorization_info: Option<AuthorizationInfo>,
}

impl Interface for ApiGetAuthorizerInfo {
    type Response = AuthorizerInfoResponse;

    const NAME: &'static str = "api_get_authorizer_info";
    const PATH: &'static str = "/cgi-bin/component/api_get_authorizer_info";
    const PACED: bool = false;

    fn account(&self) -> Option<&str> {
        Some(&self.authorizer_appid)
    }

    fn request(&self) -> Result<Request> {
        Ok(Request::post(Self::PATH, self)?.with_token_field(self.component_token_field.name()))
    }
}

impl Decode for AuthorizerInfoResponse {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        Ok(Self {
            authorizer_info: AuthorizerInfo::decode_field(response)?,
            authorization_info: AuthorizationInfo::decode_field(response).ok(),
        })
    }
}
