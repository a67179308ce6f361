use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Interface, TokenResponse};
use crate::error::Result;
use crate::request::Request;
use crate::secret::Secret;

/// `stable_token`: returns an access token of the account. Until the last 5 minutes of its life,
/// every call returns the same token.
///
/// These tokens are separate from those of [`Token`](super::Token). The limits are 10,000 calls a
/// minute and 500,000 a day. With `force_refresh`, which invalidates the previous token at once,
/// they are 20 calls a day, at least 30 s apart. Source: the official page of stable_token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableToken {
    /// The account.
    pub appid: String,
    /// Its appsecret.
    pub secret: Secret,
    /// Whether to invalidate the previous token and issue a new one.
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
    const PATH: &'static str = "/cgi-bin/stable_token";
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.secret]
    }

    fn request(&self) -> Result<Request> {
        let body = Body {
            grant_type: "client_credential",
            appid: &self.appid,
            secret: self.secret.expose(),
            force_refresh: self.force_refresh,
        };
        Ok(Request::post(Self::PATH, &body)?.without_token())
    }
}
