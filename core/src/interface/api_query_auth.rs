use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use super::{AuthorizationInfo, ComponentTokenField, Interface, LostResponse};
use crate::check::CheckReport;
use crate::credential::recognize_other_credential;
use crate::error::Result;
use crate::finding::FindingCode;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `api_query_auth`: exchanges an authorization_code for a merchant's access token, refresh token
/// and permission sets.
///
/// The code comes with the redirect after the merchant's authorisation, and with the pushes
/// `authorized` and `updateauthorized`. It works once (61009) and not for long (61010). After the
/// first exchange, [`ApiGetAuthorizerList`](super::ApiGetAuthorizerList) has the refresh token, also
/// if the response of this call was lost. The request needs the platform's token, from
/// [`ApiComponentToken`](super::ApiComponentToken). Source: the official page of
/// `getAuthorizerRefreshToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiQueryAuth {
    /// The platform.
    pub component_appid: String,
    /// The code, decoded. It begins with `queryauthcode@@@`.
    pub authorization_code: Secret,
    /// The name of the query field with the platform's token.
    pub component_token_field: ComponentTokenField,
}

#[derive(Serialize)]
struct Body<'a> {
    component_appid: &'a str,
    authorization_code: &'a str,
}

impl Interface for ApiQueryAuth {
    type Response = AuthorizationInfo;

    const NAME: &'static str = "api_query_auth";
    const PATH: &'static str = "/cgi-bin/component/api_query_auth";
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.authorization_code]
    }

    fn lost_response(&self) -> Option<LostResponse> {
        Some(LostResponse {
            may_repeat: false,
            advice: "WeChat may have exchanged the code, which works once. Look whether api_get_authorizer_list \
                     has a refresh token of the merchant. If it has none, exchange the code again.",
        })
    }

    fn request(&self) -> Result<Request> {
        let body = Body {
            component_appid: &self.component_appid,
            authorization_code: self.authorization_code.expose(),
        };
        Ok(Request::post(Self::PATH, &body)?.with_token_field(self.component_token_field.name()))
    }

    fn check(&self) -> CheckReport {
        const FIELD: &str = "authorization_code";
        let mut report = CheckReport::default();
        let code = self.authorization_code.expose();
        if code.is_empty() {
            report.add(
                FIELD,
                FindingCode::Empty,
                "is empty; give the auth_code of the redirect's query, or the AuthorizationCode \
                 of the push",
            );
        } else if let Some(other) = recognize_other_credential(FIELD, code) {
            report.add(
                FIELD,
                FindingCode::WrongCredential,
                format!("is the {other}; an authorization_code begins with `queryauthcode@@@`"),
            );
        } else if code.contains('%') {
            report.add(
                FIELD,
                FindingCode::WrongCredential,
                "is percent-encoded; decode the redirect's query, and give the value of auth_code",
            );
        }
        report
    }

    fn decode(_: &str, response: &Fields<'_>) -> Result<AuthorizationInfo> {
        AuthorizationInfo::decode_field(response)
    }
}
