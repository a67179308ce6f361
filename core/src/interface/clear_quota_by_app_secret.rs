use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::Value;

use super::by_name::FromMapping;
use super::{Confirmation, Interface, LostResponse, advice};
use crate::error::{Error, OwnCode, Result};
use crate::mapping::Reading;
use crate::request::Request;
use crate::secret::Secret;

/// `clearQuotaByAppSecret`: clears the account's counts of the calls of the day, as
/// [`ClearQuota`](super::ClearQuota) does. It needs no token, so it also helps if the calls for
/// tokens are used up.
///
/// It is for a client with an appid and an appsecret, which sends its own. It is not for third-party
/// platforms. Source: the official page of clearQuotaByAppSecret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClearQuotaByAppSecret {
    app: Option<App>,
}

/// An account and its appsecret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct App {
    appid: String,
    appsecret: Secret,
}

#[derive(Serialize)]
struct Body<'a> {
    appid: &'a str,
    appsecret: &'a str,
}

impl Interface for ClearQuotaByAppSecret {
    type Response = Confirmation;

    const NAME: &'static str = "clearQuotaByAppSecret";
    const PATH: &'static str = "/cgi-bin/clear_quota/v2";
    const PACED: bool = false;

    fn set_app(&mut self, appid: &str, secret: &Secret) {
        self.app = Some(App {
            appid: appid.into(),
            appsecret: secret.clone(),
        });
    }

    fn secrets(&self) -> Vec<&Secret> {
        self.app.iter().map(|app| &app.appsecret).collect()
    }

    fn lost_response(&self) -> Option<LostResponse> {
        Some(advice::ON_LOST_CLEARING)
    }

    fn request(&self) -> Result<Request> {
        let app = self.app.as_ref().ok_or_else(|| {
            let what = "the client has no appid and secret, which this interface sends";
            Error::new(OwnCode::NoCredentials, what).with_advice(
                "Call clearQuota, which sends a token. For a merchant, or to clear a platform's own \
                 counts, POST to /cgi-bin/component/clear_quota/v2.",
            )
        })?;
        let body = Body {
            appid: &app.appid,
            appsecret: app.appsecret.expose(),
        };
        Ok(Request::post(Self::PATH, &body)?.without_token())
    }
}

impl FromMapping for ClearQuotaByAppSecret {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &[], |_| Some(Self::default()))
    }
}
