use alloc::string::String;
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

use super::{ComponentTokenField, Decode, Interface, missing_field};
use crate::check::{CheckReport, check_page_size};
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// The most merchants that one call may ask for. WeChat answers more with 40170. Source: the
/// official page of `getAuthorizerList`.
pub const MAX_AUTHORIZER_COUNT: u32 = 500;

/// `api_get_authorizer_list`: lists the merchants that have authorised a third-party platform, and
/// their refresh tokens.
///
/// It recovers a refresh token from [`ApiAuthorizerToken`](super::ApiAuthorizerToken) that was lost
/// before it was stored. The request needs the platform's token, from
/// [`ApiComponentToken`](super::ApiComponentToken). Source: the official page of
/// `getAuthorizerList`.
///
/// It serialises to the body of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiGetAuthorizerList {
    /// The platform.
    pub component_appid: String,
    /// How many merchants to skip.
    pub offset: u32,
    /// How many to list, from 1 to [`MAX_AUTHORIZER_COUNT`].
    pub count: u32,
    /// The name of the query field with the platform's token.
    #[serde(skip)]
    pub component_token_field: ComponentTokenField,
}

impl ApiGetAuthorizerList {
    /// Makes the call for the first page of the largest size.
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
}

/// The response of `api_get_authorizer_list`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AuthorizerList {
    /// How many merchants have authorised the platform.
    pub total_count: Option<u64>,
    /// The merchants in this response, without entries that have no appid.
    pub list: Vec<ListedAuthorizer>,
    /// How many entries the response has, including those without an appid.
    pub(super) listed: usize,
}

impl AuthorizerList {
    /// Returns the merchant with this appid.
    #[must_use]
    pub fn find(&self, authorizer_appid: &str) -> Option<&ListedAuthorizer> {
        self.list
            .iter()
            .find(|listed| listed.authorizer_appid == authorizer_appid)
    }
}

/// A merchant in the response of `api_get_authorizer_list`. It serialises with the wire names, but
/// instead of `refresh_token` it has `has_refresh_token`, which is true or false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListedAuthorizer {
    /// The merchant's Mini Program or service account.
    pub authorizer_appid: String,
    /// The refresh token for [`ApiAuthorizerToken`](super::ApiAuthorizerToken). According to
    /// WeChat's staff, WeChat leaves it out until the platform has exchanged the merchant's
    /// authorization_code.
    #[serde(
        rename = "has_refresh_token",
        serialize_with = "serialize_whether_there"
    )]
    pub refresh_token: Option<Secret>,
    /// When the merchant authorised the platform, in seconds since the UNIX epoch.
    pub auth_time: Option<u64>,
}

#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn serialize_whether_there<S: Serializer>(
    token: &Option<Secret>,
    serializer: S,
) -> core::result::Result<S::Ok, S::Error> {
    serializer.serialize_bool(token.is_some())
}

impl ListedAuthorizer {
    /// Returns `None` if the entry has no appid.
    fn from_fields(entry: &Fields<'_>) -> Option<Self> {
        Some(Self {
            authorizer_appid: entry.filled_text("authorizer_appid")?,
            refresh_token: entry.filled_text("refresh_token").map(Secret::new),
            auth_time: entry.count("auth_time"),
        })
    }
}

impl Interface for ApiGetAuthorizerList {
    type Response = AuthorizerList;

    const NAME: &'static str = "api_get_authorizer_list";
    const PATH: &'static str = "/cgi-bin/component/api_get_authorizer_list";
    const PACED: bool = false;

    fn request(&self) -> Result<Request> {
        Ok(Request::post(Self::PATH, self)?.with_token_field(self.component_token_field.name()))
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        check_page_size(&mut report, "count", self.count, MAX_AUTHORIZER_COUNT);
        report
    }
}

impl Decode for AuthorizerList {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        // Without either field, the response need not come from WeChat: the platform may have
        // merchants.
        if !response.has("list") && !response.has("total_count") {
            return Err(missing_field("list"));
        }
        let entries = response.objects("list");
        Ok(Self {
            total_count: response.count("total_count"),
            listed: response.entry_count("list"),
            list: entries.filter_map(ListedAuthorizer::from_fields).collect(),
        })
    }
}
