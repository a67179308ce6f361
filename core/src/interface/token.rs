use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Interface, TokenResponse};
use crate::error::Result;
use crate::request::Request;
use crate::secret::Secret;

/// `token`: issues a new access token for the account. The previous one expires 5 minutes later.
///
/// The limit is 2,000 calls a day. If several processes call it, they invalidate each other's
/// tokens: prefer [`StableToken`](super::StableToken). Source: the official page of getAccessToken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The account.
    pub appid: String,
    /// Its appsecret.
    pub secret: Secret,
}

impl Interface for Token {
    type Response = TokenResponse;

    const NAME: &'static str = "token";
    const PATH: &'static str = "/cgi-bin/token";
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.secret]
    }

    fn request(&self) -> Result<Request> {
        Ok(Request::get(
            Self::PATH,
            vec![
                ("grant_type".into(), Secret::new("client_credential")),
                ("appid".into(), Secret::new(&self.appid)),
                ("secret".into(), self.secret.clone()),
            ],
        )
        .without_token())
    }
}
