use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Confirmation, Interface, LostResponse};
use crate::error::Result;
use crate::request::Request;
use crate::secret::Secret;

/// `clearComponentQuotaByAppSecret`: clears the day's counts of calls of a third-party platform, or
/// of one of its merchants.
///
/// It works 10 times a month for an account (48006). It needs no token, and so it also helps if the
/// calls of `api_component_token` are used up (45009). Source: the official page of
/// `clearComponentQuotaByAppSecret`.
///
/// The path is `/cgi-bin/component/clear_quota/v2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearComponentQuotaByAppSecret {
    /// The platform.
    pub component_appid: String,
    /// The platform's appsecret.
    pub appsecret: Secret,
    /// The merchant whose counts are cleared. `None` for the platform itself.
    pub appid: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    component_appid: &'a str,
    appsecret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    appid: Option<&'a str>,
}

impl Interface for ClearComponentQuotaByAppSecret {
    type Response = Confirmation;

    const NAME: &'static str = "clearComponentQuotaByAppSecret";
    const PATH: &'static str = "/cgi-bin/component/clear_quota/v2";
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.appsecret]
    }

    fn lost_response(&self) -> Option<LostResponse> {
        Some(LostResponse {
            may_repeat: false,
            advice: "The counts may have been cleared, which works 10 times a month. Wait until that takes \
                     effect, and clear them again only if calls still get 45009.",
        })
    }

    fn request(&self) -> Result<Request> {
        let body = Body {
            component_appid: &self.component_appid,
            appsecret: self.appsecret.expose(),
            appid: self.appid.as_deref(),
        };
        Ok(Request::post(Self::PATH, &body)?.without_token())
    }
}
