//! The request of an interface.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::error::{Error, OwnCode, Result};
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
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One request to one interface, without host and access token: these are added when it is sent.
///
/// `Debug` shows neither query values nor the body. In the token interfaces, they have secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    path: Cow<'static, str>,
    query: Vec<(Cow<'static, str>, Secret)>,
    /// The JSON body, in UTF-8. `None` for GET. The bodies of the token interfaces have secrets.
    pub body: Option<Vec<u8>>,
    /// Whether the query must have an access token. If it has none, and WeChat calls a token stale,
    /// the credentials in the request are wrong.
    pub needs_token: bool,
    token_field: &'static str,
}

/// Enough bytes for the path and the query names of most requests.
const USUAL_TARGET: usize = 64;

/// Shown in the place of a secret.
const STARS: &str = "***";

/// The usual name of the query field with the access token.
const TOKEN_FIELD: &str = "access_token";

impl Request {
    /// Makes a POST with the access token in the query, and with `body` as JSON. The JSON is raw
    /// UTF-8: WeChat refuses `\u` escapes with 40033.
    pub(crate) fn post(path: &'static str, body: &impl Serialize) -> Result<Self> {
        let json = serde_json::to_string(body).map_err(|error| {
            Error::new(
                OwnCode::Internal,
                format!("the request body cannot be written as JSON: {error}"),
            )
        })?;
        Ok(Self::post_json(path, json))
    }

    /// Makes a POST as [`post`](Self::post) does, with a body that is JSON already.
    pub(crate) fn post_json(path: &'static str, json: String) -> Self {
        Self::get(path, Vec::new()).with_body(json)
    }

    /// Makes a GET with the access token and these fields in the query.
    pub(crate) fn get(
        path: impl Into<Cow<'static, str>>,
        query: Vec<(Cow<'static, str>, Secret)>,
    ) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            query,
            body: None,
            needs_token: true,
            token_field: TOKEN_FIELD,
        }
    }

    /// Returns the same request as a POST with this JSON.
    pub(crate) fn with_body(mut self, json: String) -> Self {
        self.method = Method::Post;
        self.body = Some(json.into_bytes());
        self
    }

    /// Returns the same request without an access token.
    pub(crate) fn without_token(mut self) -> Self {
        self.needs_token = false;
        self
    }

    /// Returns the same request with the access token in the query field `field`.
    pub(crate) fn with_token_field(mut self, field: &'static str) -> Self {
        self.token_field = field;
        self
    }

    /// Returns the path, e.g. `/cgi-bin/wxopen/qrcodejumpadd`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the path if this library has an interface with it. Other interfaces have paces of
    /// their own, which are not known.
    pub(crate) fn known_path(&self) -> Option<&'static str> {
        match self.path {
            Cow::Borrowed(path) => Some(path),
            Cow::Owned(_) => None,
        }
    }

    /// Returns the whole URL below `base_url`, with `access_token` in the query if there is one.
    /// The URL is a secret, because it has the token.
    #[must_use]
    pub fn url(&self, base_url: &str, access_token: Option<&Secret>) -> Secret {
        let token_length = access_token.map_or(0, |token| token.expose().len());
        let mut url = String::with_capacity(base_url.len() + USUAL_TARGET + token_length);
        url.push_str(base_url.trim_end_matches('/'));
        self.write_target(access_token, |piece| url.push_str(piece));
        Secret::new(url)
    }

    /// Passes path and query to `write`, piece by piece, with `access_token` in the query if there
    /// is one. Together, the pieces are the part of the [`url`](Self::url) after the base URL.
    pub fn write_target(&self, access_token: Option<&Secret>, mut write: impl FnMut(&str)) {
        write(&self.path);
        let access_token = access_token.map(|token| (self.token_field, token));
        let fields = self.query.iter().map(|(name, value)| (&**name, value));
        let mut separator = "?";
        for (name, value) in access_token.into_iter().chain(fields) {
            write(separator);
            write(name);
            write("=");
            value.write_encoded(&mut write);
            separator = "&";
        }
    }

    /// Returns the URL to be shown: stars stand for the access token and every query value.
    #[must_use]
    pub fn shown_url(&self, base_url: &str) -> String {
        let mut url = format!("{}{}", base_url.trim_end_matches('/'), self.path);
        let access_token = self.needs_token.then_some(self.token_field);
        let fields = self.query.iter().map(|(name, _)| &**name);
        for (index, name) in access_token.into_iter().chain(fields).enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            url.extend([separator]);
            url.extend([name, "=", STARS]);
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
    use serde::{Serialize, Serializer, ser};

    use super::{OwnCode, Request};
    use crate::secret::Secret;

    struct Broken;

    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(ser::Error::custom("broken"))
        }
    }

    #[test]
    fn a_body_that_cannot_be_written_is_an_error() {
        let error = Request::post("/cgi-bin/wxopen/qrcodejumpadd", &Broken).unwrap_err();
        assert_eq!(error.code(), OwnCode::Internal);
        assert!(error.message().contains("broken"), "{error}");
    }

    #[test]
    fn query_values_are_encoded_and_never_printed() {
        let request = Request::get(
            "/cgi-bin/token",
            vec![("secret".into(), Secret::new("a b&c/é"))],
        );
        let url = request.url("https://api.weixin.qq.com/", None);
        assert_eq!(
            url.expose(),
            "https://api.weixin.qq.com/cgi-bin/token?secret=a%20b%26c%2F%C3%A9"
        );
        let mut target = String::new();
        request.write_target(None, |piece| target.push_str(piece));
        assert!(url.expose().ends_with(&target) && target.starts_with("/cgi-bin/token?"));
        assert!(!format!("{request:?} {url:?}").contains("a b"));
        assert_eq!(
            request.shown_url("https://api.weixin.qq.com"),
            "https://api.weixin.qq.com/cgi-bin/token?access_token=***&secret=***"
        );
    }
}
