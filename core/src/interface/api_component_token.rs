use serde::Serialize;

use super::{Interface, TokenResponse};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `api_component_token`: the component_access_token of a third-party platform, with which it asks for its merchants' tokens.
///
/// It lives 2 hours. Source: the official page of `getComponentAccessToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiComponentToken {
    /// The platform.
    pub component_appid: String,
    /// Its appsecret.
    pub component_appsecret: Secret,
    /// The ticket that WeChat pushed last: every 10 minutes a new one, each valid for 12 hours.
    pub component_verify_ticket: Secret,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the wire names")]
struct Body<'a> {
    component_appid: &'a str,
    component_appsecret: &'a str,
    component_verify_ticket: &'a str,
}

impl Interface for ApiComponentToken {
    type Response = TokenResponse;

    const NAME: &'static str = "api_component_token";
    const ISSUES_TOKEN: bool = true;
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.component_appsecret, &self.component_verify_ticket]
    }

    fn request(&self) -> Request {
        let body = Body {
            component_appid: &self.component_appid,
            component_appsecret: self.component_appsecret.expose(),
            component_verify_ticket: self.component_verify_ticket.expose(),
        };
        Request::post("/cgi-bin/component/api_component_token", &body).without_token()
    }

    fn decode(&self, answer: &Fields) -> Result<TokenResponse> {
        TokenResponse::decode_field(answer, "component_access_token")
    }
}
