use alloc::borrow::{Cow, ToOwned as _};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_json::Value;

use super::list::paced_path;
use super::{
    ApiAuthorizerToken, ApiComponentToken, ApiQueryAuth, ComponentTokenField, FromResponse,
    Interface, LostResponse, StableToken, Token,
};
use crate::check::{CheckReport, FindingCode};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::{Secret, query_length};

/// The longest path, in bytes.
const LONGEST_PATH: usize = 256;

/// The longest query as it is sent, in bytes, without the token.
const LONGEST_QUERY: usize = 2048;

/// The interfaces whose tokens only the library may fetch. A token of another fetcher may kill the
/// stored one, and a refresh token that is not stored is lost.
const OF_TOKENS: [&str; 5] = [
    Token::PATH,
    StableToken::PATH,
    ApiComponentToken::PATH,
    ApiAuthorizerToken::PATH,
    ApiQueryAuth::PATH,
];

/// What the name of a field contains whose text is a secret.
const SECRET_WORDS: [&str; 6] = ["code", "key", "password", "secret", "ticket", "token"];

/// A call to any interface of WeChat's, also one that this library does not have. It is sent with a
/// token of the library, and returns the whole JSON text of a response whose `errcode` is 0 or
/// missing.
///
/// - A refusal becomes an error by the table of error codes. A stale token is renewed once. A
///   refusal after which nothing was applied is retried if that can help.
/// - After a lost response, WeChat may have done what the call asks. The call then ends with the
///   outcome `unknown`. If it may be sent again, say so with [`repeatable`](Self::repeatable).
/// - If this library has an interface with this path and a limit of 5 calls a second, the call keeps
///   the pace, too. Other calls are not paced.
/// - Interfaces that issue tokens are refused: the library fetches, stores and renews tokens.
/// - Responses that are not JSON, such as images, are errors.
///
/// Errors contain neither the token nor the values of the query and the body whose names show that
/// they are secrets, such as `code`. The response may contain secrets, and is the caller's.
///
/// ```
/// use jumpqr_core::interface::{Interface, RawCall};
///
/// let call = RawCall::post("/wxa/business/getuserphonenumber", r#"{"code":"x"}"#);
/// assert!(call.check().is_valid());
/// let call = RawCall::get("/cgi-bin/getcallbackip").repeatable();
/// assert_eq!(call.request()?.path(), "/cgi-bin/getcallbackip");
/// assert!(!RawCall::get("https://example.com/").check().is_valid());
/// # Ok::<(), jumpqr_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RawCall {
    path: String,
    query: Vec<(String, Secret)>,
    body: Option<Secret>,
    is_json: bool,
    token_field: ComponentTokenField,
    is_repeatable: bool,
    /// The texts of the query and the body that must not be in an error.
    secrets: Vec<Secret>,
}

impl RawCall {
    /// Makes a GET. The path begins with `/`, and has neither a host nor a query.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            query: Vec::new(),
            body: None,
            is_json: true,
            token_field: ComponentTokenField::default(),
            is_repeatable: false,
            secrets: Vec::new(),
        }
    }

    /// Makes a POST with this JSON as its body, which is sent as it is.
    pub fn post(path: impl Into<String>, json: impl Into<Secret>) -> Self {
        let json = json.into();
        let mut call = Self::get(path);
        match serde_json::from_str(json.expose()) {
            Ok(body) => collect_secrets(&body, &mut call.secrets),
            Err(_) => call.is_json = false,
        }
        call.body = Some(json);
        call
    }

    /// Adds a field to the query. The value is percent-encoded when it is sent.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        let (name, value) = (name.into(), value.into());
        if is_secret_name(&name) {
            self.secrets.push(value.clone());
        }
        self.query.push((name, value));
        self
    }

    /// Allows that the request is sent again after a lost response, because a second time does no
    /// harm.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    /// Sets the name of the query field with the token, for interfaces that are called with a
    /// platform's own token.
    #[must_use]
    pub fn token_field(mut self, field: ComponentTokenField) -> Self {
        self.token_field = field;
        self
    }

    fn check_query(&self, report: &mut CheckReport) {
        let mut length = 0;
        for (place, (name, value)) in self.query.iter().enumerate() {
            length += name.len() + query_length(value.expose()) + 2;
            let is_of_token = ComponentTokenField::ALL
                .iter()
                .any(|field| field.name().eq_ignore_ascii_case(name));
            if is_of_token {
                report.add(
                    format!("query[{place}]"),
                    FindingCode::UnknownField,
                    "is the access token, which the library adds by itself; leave it out",
                );
            } else if !is_plain_name(name) {
                report.add(
                    format!("query[{place}]"),
                    FindingCode::UnknownValue,
                    "has a name that is not made of letters, digits, `_`, `-` and `.`; give the \
                     name alone, not percent-encoded",
                );
            }
        }
        if length > LONGEST_QUERY {
            let message =
                format!("has {length} bytes when it is encoded; give at most {LONGEST_QUERY}");
            report.add("query", FindingCode::TooLarge, message);
        }
    }
}

impl Interface for RawCall {
    type Response = String;

    const NAME: &'static str = "call_raw";
    const PATH: &'static str = "";

    fn name(&self) -> Cow<'static, str> {
        // What is not a path may be a URL with a token in it.
        match find_path_mistake(&self.path) {
            None => Cow::Owned(self.path.clone()),
            Some(_) => Cow::Borrowed(Self::NAME),
        }
    }

    fn secrets(&self) -> Vec<&Secret> {
        self.secrets.iter().collect()
    }

    fn lost_response(&self) -> Option<LostResponse> {
        Some(LostResponse {
            may_repeat: self.is_repeatable,
            advice: if self.is_repeatable {
                "WeChat may have done what the call asks. Call again a little later."
            } else {
                "WeChat may have done what the call asks. Find out whether it has before you call \
                 again."
            },
        })
    }

    /// Returns the request. It is checked in any case: a wrong path could send the token to another
    /// host.
    fn request(&self) -> Result<Request> {
        self.check().into_result()?;
        let path = match paced_path(&self.path) {
            Some(path) => Cow::Borrowed(path),
            None => Cow::Owned(self.path.clone()),
        };
        let query = self.query.iter().cloned();
        let query = query.map(|(name, value)| (Cow::Owned(name), value));
        let request = Request::get(path, query.collect()).with_token_field(self.token_field.name());
        Ok(match &self.body {
            Some(json) => request.with_body(json.expose().to_owned()),
            None => request,
        })
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        if let Some((code, message)) = find_path_mistake(&self.path) {
            report.add("path", code, message);
        }
        self.check_query(&mut report);
        if !self.is_json {
            let message = "is not JSON; give a JSON object, such as {}";
            report.add("body", FindingCode::NotJson, message);
        }
        report
    }
}

impl FromResponse for String {
    fn from_response(json: &str, _: &Fields<'_>) -> Result<Self> {
        Ok(json.to_owned())
    }
}

impl fmt::Debug for RawCall {
    /// Shows neither values of the query nor the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawCall")
            .field("path", &self.name())
            .field("is_repeatable", &self.is_repeatable)
            .finish_non_exhaustive()
    }
}

/// Says why the text is not the path of an interface that may be called. It is not repeated.
fn find_path_mistake(path: &str) -> Option<(FindingCode, String)> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let mut parts = path.split('/').skip(1);
    let (code, message) = if path.is_empty() {
        let message = "is empty; give a path, such as /cgi-bin/getcallbackip";
        (FindingCode::Empty, message.to_owned())
    } else if path.len() > LONGEST_PATH {
        let message = format!("has {} bytes; give at most {LONGEST_PATH}", path.len());
        (FindingCode::TooLarge, message)
    } else {
        let message = if !path.starts_with('/') {
            "is not a path; give one that begins with `/`, without the host"
        } else if path.contains('?') {
            "has a query; give that by its names and values"
        } else if !path.bytes().all(is_allowed) {
            "has other characters than letters, digits, `/`, `-`, `_`, `.` and `~`; give the path \
             as WeChat's page has it"
        } else if parts.any(|part| matches!(part, "" | "." | "..")) {
            "has an empty part, `.` or `..`; give the path as WeChat's page has it"
        } else if OF_TOKENS.contains(&path) {
            "belongs to an interface that issues tokens, which would kill the stored ones or get \
             lost; leave that to the library"
        } else {
            return None;
        };
        (FindingCode::UnknownValue, message.to_owned())
    };
    Some((code, message))
}

fn is_plain_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !name.is_empty() && name.bytes().all(is_plain)
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Collects the texts of all fields that are secrets by their names.
fn collect_secrets(value: &Value, secrets: &mut Vec<Secret>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if is_secret_name(name) => {
                        secrets.push(Secret::new(text.as_str()));
                    }
                    _ => collect_secrets(value, secrets),
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                collect_secrets(value, secrets);
            }
        }
        _ => {}
    }
}
