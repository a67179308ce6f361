use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::Serialize;

use super::{Decode, TokenResponse, missing_field};
use crate::error::Result;
use crate::response::Fields;
use crate::secret::Secret;

/// The field of a response with an [`AuthorizationInfo`].
const FIELD: &str = "authorization_info";

/// What a merchant has authorised: `authorization_info` in the responses of `api_query_auth` and
/// `api_get_authorizer_info`.
///
/// Sources: the official pages of both. What is optional is missing in real responses, or missing
/// for accounts without a right to call interfaces.
///
/// It serialises with the wire names, and without tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuthorizationInfo {
    /// The merchant's Mini Program or service account.
    pub authorizer_appid: String,
    /// The merchant's access token. `api_get_authorizer_info` does not return it.
    #[serde(skip)]
    pub authorizer_access_token: Option<Secret>,
    /// How long the access token is valid.
    #[serde(skip)]
    pub expires_in: Option<Duration>,
    /// The refresh token. Store it before you use the access token.
    #[serde(skip)]
    pub authorizer_refresh_token: Option<Secret>,
    /// The permission sets that the merchant has granted. `None` if the response has no list.
    pub func_info: Option<Vec<FuncInfo>>,
}

/// A permission set that a merchant has granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FuncInfo {
    /// `funcscope_category.id`: the number of the permission set.
    pub id: u32,
    /// The name of the permission set. Only newer responses have it.
    pub name: Option<String>,
    /// Whether the permission set must be confirmed.
    pub confirm_info: Option<ConfirmInfo>,
}

/// The confirmation of a permission set, in real responses. The official pages do not describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConfirmInfo {
    /// Whether the permission set must be confirmed before its interfaces work.
    pub need_confirm: Option<bool>,
    /// Whether it was confirmed.
    pub already_confirm: Option<bool>,
    /// Whether it can be confirmed now.
    pub can_confirm: Option<bool>,
}

impl AuthorizationInfo {
    /// Reads it from the field `authorization_info` of a response.
    pub(super) fn decode_field(response: &Fields<'_>) -> Result<Self> {
        let info = response.object(FIELD).ok_or_else(|| missing_field(FIELD))?;
        Self::decode(info)
    }

    /// Returns the access token and its life. A missing life counts as WeChat's longest.
    #[must_use]
    pub fn token(&self) -> Option<TokenResponse> {
        let access_token = self.authorizer_access_token.clone()?;
        let expires_in = self.expires_in.unwrap_or(Duration::MAX);
        Some(TokenResponse::new(access_token, expires_in))
    }
}

impl Decode for AuthorizationInfo {
    fn decode(info: &Fields<'_>) -> Result<Self> {
        let token = TokenResponse::decode_field(info, "authorizer_access_token").ok();
        let func_info = info.is_list("func_info").then(|| {
            let entries = info.objects("func_info");
            entries.filter_map(FuncInfo::from_fields).collect()
        });
        Ok(Self {
            authorizer_appid: info
                .filled_text("authorizer_appid")
                .ok_or_else(|| missing_field("authorizer_appid"))?,
            expires_in: token.as_ref().map(|token| token.expires_in),
            authorizer_access_token: token.map(|token| token.access_token),
            authorizer_refresh_token: info
                .filled_text("authorizer_refresh_token")
                .map(Secret::new),
            func_info,
        })
    }
}

impl FuncInfo {
    /// Returns `None` if the entry has no number.
    fn from_fields(entry: &Fields<'_>) -> Option<Self> {
        let category = entry.object("funcscope_category")?;
        let confirm_info = entry.object("confirm_info").map(|info| ConfirmInfo {
            need_confirm: info.flag("need_confirm"),
            already_confirm: info.flag("already_confirm"),
            can_confirm: info.flag("can_confirm"),
        });
        Some(Self {
            id: category.count("id")?.try_into().ok()?,
            name: category.filled_text("name"),
            confirm_info,
        })
    }
}
