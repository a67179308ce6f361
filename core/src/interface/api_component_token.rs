use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Interface, TokenResponse};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `api_component_token`: issues the component_access_token of a third-party platform, with which
/// it asks for its merchants' tokens.
///
/// The token is valid for 2 hours. Source: the official page of `getComponentAccessToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiComponentToken {
    /// The platform.
    pub component_appid: String,
    /// Its appsecret.
    pub component_appsecret: Secret,
    /// The ticket that WeChat pushed last. WeChat pushes one every 10 minutes, valid for 12 hours.
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
    const PATH: &'static str = "/cgi-bin/component/api_component_token";
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.component_appsecret, &self.component_verify_ticket]
    }

    fn request(&self) -> Result<Request> {
        let body = Body {
            component_appid: &self.component_appid,
            component_appsecret: self.component_appsecret.expose(),
            component_verify_ticket: self.component_verify_ticket.expose(),
        };
        Ok(Request::post(Self::PATH, &body)?.without_token())
    }

    fn decode(_: &str, response: &Fields<'_>) -> Result<TokenResponse> {
        TokenResponse::decode_field(response, "component_access_token")
    }
}
