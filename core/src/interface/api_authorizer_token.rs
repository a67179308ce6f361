use serde::Serialize;

use super::{Interface, TokenResponse};
use crate::error::{Error, OwnCode, Result};
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `api_authorizer_token`: the access token with which a third-party platform calls for a merchant that has authorised it.
///
/// The access token that the request itself needs is the platform's, from
/// [`ApiComponentToken`](super::ApiComponentToken). The answer may hold a new refresh token, and the one that was sent may be
/// dead then: store the new one before the access token is used. If it is lost,
/// [`ApiGetAuthorizerList`](super::ApiGetAuthorizerList) has it, or the merchant authorises again: a request whose answer got
/// lost may have used it up. Source: the official page of `getAuthorizerAccessToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAuthorizerToken {
    /// The platform.
    pub component_appid: String,
    /// The merchant's Mini Program or service account.
    pub authorizer_appid: String,
    /// The refresh token that was returned last.
    pub authorizer_refresh_token: Secret,
    /// What the platform's token is called in the query.
    pub component_token_field: ComponentTokenField,
}

/// What the component_access_token is called in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ComponentTokenField {
    /// `access_token`, as on the newer pages.
    #[default]
    AccessToken,
    /// `component_access_token`, as on the older pages.
    ComponentAccessToken,
}

impl ComponentTokenField {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::AccessToken, Self::ComponentAccessToken];

    /// As it stands in the query; a stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::ComponentAccessToken => "component_access_token",
        }
    }

    /// The field of this name; another is refused.
    pub fn from_name(name: &str) -> Result<Self> {
        let known = Self::ALL.iter().find(|known| known.name() == name);
        known.copied().ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|known| known.name()).collect();
            let names = names.join(" or ");
            Error::new(
                OwnCode::InvalidConfig,
                format!("component_token_field: give {names}"),
            )
        })
    }
}

/// The answer of `api_authorizer_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizerTokenResponse {
    /// The merchant's access token and its life.
    pub token: TokenResponse,
    /// The refresh token to ask with the next time, to be stored before the access token is used; `None` where the answer
    /// holds none: then that of the request is all there is.
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
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.authorizer_refresh_token]
    }

    fn request(&self) -> Request {
        let body = Body {
            component_appid: &self.component_appid,
            authorizer_appid: &self.authorizer_appid,
            authorizer_refresh_token: self.authorizer_refresh_token.expose(),
        };
        Request::post("/cgi-bin/component/api_authorizer_token", &body)
            .with_token_field(self.component_token_field.name())
    }

    fn decode(&self, answer: &Fields) -> Result<AuthorizerTokenResponse> {
        Ok(AuthorizerTokenResponse {
            token: TokenResponse::decode_field(answer, "authorizer_access_token")?,
            authorizer_refresh_token: answer
                .text("authorizer_refresh_token")
                .filter(|token| !token.is_empty())
                .map(Secret::new),
        })
    }
}
