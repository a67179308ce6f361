use alloc::string::String;
use core::time::Duration;

use serde::Serialize;

use super::{ComponentTokenField, Decode, Interface, missing_field};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// The life of a code whose response states none: the shorter of the two on the official page,
/// which has 1800 s in its text and 600 s in its sample.
const USUAL_LIFE: u64 = 600;

/// `api_create_preauthcode`: issues the code for one link on which a merchant authorises a
/// third-party platform.
///
/// Make a new code for each link: WeChat's page fails if a code was used before. The request needs
/// the platform's token, from [`ApiComponentToken`](super::ApiComponentToken). Source: the official
/// page of `getPreAuthCode`.
///
/// It serialises to the body of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiCreatePreauthcode {
    /// The platform.
    pub component_appid: String,
    /// The name of the query field with the platform's token.
    #[serde(skip)]
    pub component_token_field: ComponentTokenField,
}

/// The response of `api_create_preauthcode`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreAuthCode {
    /// The code. It begins with `preauthcode@@@`.
    pub pre_auth_code: Secret,
    /// How long the link with the code works. If WeChat does not say, it is 600 s.
    pub expires_in: Duration,
}

impl Interface for ApiCreatePreauthcode {
    type Response = PreAuthCode;

    const NAME: &'static str = "api_create_preauthcode";
    const PATH: &'static str = "/cgi-bin/component/api_create_preauthcode";
    const PACED: bool = false;

    fn request(&self) -> Result<Request> {
        Ok(Request::post(Self::PATH, self)?.with_token_field(self.component_token_field.name()))
    }
}

impl Decode for PreAuthCode {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        let pre_auth_code = response
            .filled_text("pre_auth_code")
            .ok_or_else(|| missing_field("pre_auth_code"))?;
        let seconds = response
            .count("expires_in")
            .filter(|seconds| *seconds > 0)
            .unwrap_or(USUAL_LIFE);
        Ok(Self {
            pre_auth_code: Secret::new(pre_auth_code),
            expires_in: Duration::from_secs(seconds),
        })
    }
}
