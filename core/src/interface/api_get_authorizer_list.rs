use serde::Serialize;

use super::{ComponentTokenField, Interface, missing};
use crate::check::{CheckReport, FindingCode};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// The number of merchants that one call may ask for; more are answered with 40170. Source: the official page of
/// `getAuthorizerList`.
pub const MAX_AUTHORIZER_COUNT: u32 = 500;

/// `api_get_authorizer_list`: the merchants that have authorised a third-party platform, and the refresh token of each.
///
/// So a refresh token that was returned by [`ApiAuthorizerToken`](super::ApiAuthorizerToken) and lost before it was stored
/// can be had again. The access token that the request needs is the platform's, from
/// [`ApiComponentToken`](super::ApiComponentToken). Source: the official page of `getAuthorizerList`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiGetAuthorizerList {
    /// The platform.
    pub component_appid: String,
    /// How many merchants to pass over.
    pub offset: u32,
    /// How many to list, from 1 to [`MAX_AUTHORIZER_COUNT`].
    pub count: u32,
    /// What the platform's token is called in the query.
    pub component_token_field: ComponentTokenField,
}

impl ApiGetAuthorizerList {
    /// The call for as many merchants as one can list, from the first on.
    pub fn first_page(
        component_appid: impl Into<String>,
        component_token_field: ComponentTokenField,
    ) -> Self {
        Self {
            component_appid: component_appid.into(),
            offset: 0,
            count: MAX_AUTHORIZER_COUNT,
            component_token_field,
        }
    }

    /// The call for the merchants after those in `answer`, which is the answer to this one; `None` after the last.
    #[must_use]
    pub fn next_page(&self, answer: &AuthorizerList) -> Option<Self> {
        // By what was listed, not by what was asked for: a page may come out short.
        let listed = u32::try_from(answer.listed).ok().filter(|n| *n > 0)?;
        let offset = self.offset.checked_add(listed)?;
        let ended = answer
            .total_count
            .is_some_and(|total| u64::from(offset) >= total);
        (!ended).then(|| Self {
            offset,
            ..self.clone()
        })
    }
}

/// The answer of `api_get_authorizer_list`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AuthorizerList {
    /// How many merchants have authorised the platform.
    pub total_count: Option<u64>,
    /// Those in this answer, but for entries without an appid.
    pub list: Vec<ListedAuthorizer>,
    /// How many entries the answer has, those passed over included.
    listed: usize,
}

impl AuthorizerList {
    /// How many entries the answer has, those without an appid included.
    pub(super) fn listed(&self) -> usize {
        self.listed
    }

    /// A page with these merchants, for tests.
    #[cfg(test)]
    pub(super) fn of(total_count: Option<u64>, appids: impl IntoIterator<Item = String>) -> Self {
        let list: Vec<_> = appids
            .into_iter()
            .map(|authorizer_appid| ListedAuthorizer {
                authorizer_appid,
                refresh_token: None,
                auth_time: None,
            })
            .collect();
        Self {
            total_count,
            listed: list.len(),
            list,
        }
    }

    /// The merchant with this appid.
    #[must_use]
    pub fn find(&self, authorizer_appid: &str) -> Option<&ListedAuthorizer> {
        self.list
            .iter()
            .find(|listed| listed.authorizer_appid == authorizer_appid)
    }
}

/// A merchant in the answer of `api_get_authorizer_list`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedAuthorizer {
    /// The merchant's Mini Program or service account.
    pub authorizer_appid: String,
    /// The refresh token with which [`ApiAuthorizerToken`](super::ApiAuthorizerToken) asks. WeChat leaves it out as long as
    /// the platform has not exchanged the merchant's authorization_code, WeChat's staff say.
    pub refresh_token: Option<Secret>,
    /// When the merchant authorised the platform, in seconds since the UNIX epoch.
    pub auth_time: Option<u64>,
}

impl ListedAuthorizer {
    /// `None` for an entry without an appid.
    fn from_object(entry: &Fields) -> Option<Self> {
        Some(Self {
            authorizer_appid: filled(entry, "authorizer_appid")?,
            refresh_token: filled(entry, "refresh_token").map(Secret::new),
            auth_time: entry.count("auth_time"),
        })
    }
}

fn filled(entry: &Fields, field: &str) -> Option<String> {
    entry.text(field).filter(|text| !text.is_empty())
}

#[derive(Serialize)]
struct Body<'a> {
    component_appid: &'a str,
    offset: u32,
    count: u32,
}

impl Interface for ApiGetAuthorizerList {
    type Response = AuthorizerList;

    const NAME: &'static str = "api_get_authorizer_list";
    const PACED: bool = false;

    fn request(&self) -> Request {
        let body = Body {
            component_appid: &self.component_appid,
            offset: self.offset,
            count: self.count,
        };
        Request::post("/cgi-bin/component/api_get_authorizer_list", &body)
            .with_token_field(self.component_token_field.name())
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        if self.count == 0 || self.count > MAX_AUTHORIZER_COUNT {
            report.add(
                "count",
                FindingCode::OutOfRange,
                format!("is {}; give 1 to {MAX_AUTHORIZER_COUNT}", self.count),
            );
        }
        report
    }

    fn decode(&self, answer: &Fields) -> Result<AuthorizerList> {
        // Without either there is no telling a platform without merchants from an answer that is none of WeChat's.
        if !answer.has("list") && !answer.has("total_count") {
            return Err(missing("list"));
        }
        let entries = answer.entries("list").unwrap_or_default();
        Ok(AuthorizerList {
            total_count: answer.count("total_count"),
            listed: entries.len(),
            list: entries
                .iter()
                .flatten()
                .filter_map(ListedAuthorizer::from_object)
                .collect(),
        })
    }
}
