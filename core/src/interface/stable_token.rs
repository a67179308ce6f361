use serde::Serialize;

use super::{Interface, TokenResponse};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `stable_token`: an access token of the account, the same for everybody who asks until its last 5 minutes.
///
/// Separate from the tokens of [`Token`](super::Token). 10,000 calls a minute, 500,000 a day; with `force_refresh`, which
/// kills the former token at once, 20 a day and at least 30 s apart. Source: the official page of stable_token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableToken {
    /// The account.
    pub appid: String,
    /// Its appsecret.
    pub secret: Secret,
    /// Whether to kill the former token and issue a new one.
    pub force_refresh: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    grant_type: &'static str,
    appid: &'a str,
    secret: &'a str,
    force_refresh: bool,
}

impl Interface for StableToken {
    type Response = TokenResponse;

    const NAME: &'static str = "stable_token";
    const ISSUES_TOKEN: bool = true;
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.secret]
    }

    fn request(&self) -> Request {
        let body = Body {
            grant_type: "client_credential",
            appid: &self.appid,
            secret: self.secret.expose(),
            force_refresh: self.force_refresh,
        };
        Request::post("/cgi-bin/stable_token", &body).without_token()
    }

    fn decode(&self, answer: &Fields) -> Result<TokenResponse> {
        TokenResponse::decode(answer)
    }
}
