use super::{Interface, TokenResponse};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `token`: a new access token of the account; the former one dies 5 minutes later.
///
/// 2,000 calls a day. Processes that fetch their own kill each other's tokens: prefer
/// [`StableToken`](super::StableToken). Source: the official page of getAccessToken.
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
    const ISSUES_TOKEN: bool = true;
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.secret]
    }

    fn request(&self) -> Request {
        Request::get(
            "/cgi-bin/token",
            vec![
                ("grant_type", Secret::new("client_credential")),
                ("appid", Secret::new(&self.appid)),
                ("secret", self.secret.clone()),
            ],
        )
        .without_token()
    }

    fn decode(&self, answer: &Fields) -> Result<TokenResponse> {
        TokenResponse::decode(answer)
    }
}
