//! What goes out.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::secret::Secret;

/// The HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Without a body.
    Get,
    /// With a JSON body.
    Post,
}

impl Method {
    /// As it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One request to one interface; where it is sent to, and the access token, come when it is sent.
///
/// Its `Debug` shows neither query values nor the body: those of the token interfaces hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    path: &'static str,
    query: Vec<(&'static str, Secret)>,
    body: Option<Vec<u8>>,
    needs_token: bool,
    token_field: &'static str,
}

/// Room for the path and the names of the query of most requests, in bytes.
const USUAL_TARGET: usize = 64;

/// Room for the body of most requests, in bytes: one that grows is copied.
const USUAL_BODY: usize = 512;

/// What the access token is called in the query.
const TOKEN_FIELD: &str = "access_token";

impl Request {
    /// A POST with the access token in the query and `body` as JSON, in raw UTF-8: WeChat's 40033 forbids `\u` escapes.
    pub(crate) fn post(path: &'static str, body: &impl Serialize) -> Self {
        let mut json = Vec::with_capacity(USUAL_BODY);
        // A derived `Serialize` of texts, numbers and lists cannot fail.
        serde_json::to_writer(&mut json, body).unwrap_or_default();
        Self {
            method: Method::Post,
            path,
            query: Vec::new(),
            body: Some(json),
            needs_token: true,
            token_field: TOKEN_FIELD,
        }
    }

    /// A GET with these query fields.
    pub(crate) fn get(path: &'static str, query: Vec<(&'static str, Secret)>) -> Self {
        Self {
            method: Method::Get,
            path,
            query,
            body: None,
            needs_token: true,
            token_field: TOKEN_FIELD,
        }
    }

    /// The same request, to be sent without an access token.
    pub(crate) fn without_token(mut self) -> Self {
        self.needs_token = false;
        self
    }

    /// The same request, with the access token in another field of the query.
    pub(crate) fn with_token_field(mut self, field: &'static str) -> Self {
        self.token_field = field;
        self
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path, e.g. `/cgi-bin/wxopen/qrcodejumpadd`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The JSON body, in UTF-8; `None` on GET. The bodies of the token interfaces hold secrets.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Whether an access token goes into the query.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        self.needs_token
    }

    /// The whole URL below `base_url`, with `access_token` in the query if one is given, in the
    /// field that the interface asks for. It holds the token, so it is a
    /// secret itself.
    #[must_use]
    pub fn url(&self, base_url: &str, access_token: Option<&Secret>) -> Secret {
        Secret::new(self.url_with(base_url, access_token, Secret::encoded))
    }

    /// The same URL to be shown: with stars in the place of every query value, the access token's included.
    #[must_use]
    pub fn shown_url(&self, base_url: &str) -> String {
        let token = Secret::new("");
        let access_token = self.needs_token.then_some(&token);
        self.url_with(base_url, access_token, |secret| secret.to_string().into())
    }

    fn url_with(
        &self,
        base_url: &str,
        access_token: Option<&Secret>,
        text: impl Fn(&Secret) -> Cow<'_, str>,
    ) -> String {
        let access_token = access_token.map(|token| (self.token_field, token));
        let fields = self.query.iter().map(|(name, value)| (*name, value));
        let token_length = access_token.map_or(0, |(_, token)| token.expose().len());
        let mut url = String::with_capacity(base_url.len() + USUAL_TARGET + token_length);
        url.push_str(base_url.trim_end_matches('/'));
        url.push_str(self.path);
        for (index, (name, value)) in access_token.into_iter().chain(fields).enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&text(value));
        }
        url
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::secret::Secret;

    #[test]
    fn query_values_are_encoded_and_never_printed() {
        let request = Request::get("/cgi-bin/token", vec![("secret", Secret::new("a b&c/é"))]);
        let url = request.url("https://api.weixin.qq.com/", None);
        assert_eq!(
            url.expose(),
            "https://api.weixin.qq.com/cgi-bin/token?secret=a%20b%26c%2F%C3%A9"
        );
        assert!(!format!("{request:?} {url:?}").contains("a b"));
        assert_eq!(
            request.shown_url("https://api.weixin.qq.com"),
            "https://api.weixin.qq.com/cgi-bin/token?access_token=***&secret=***"
        );
    }
}
