use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::missing_field;
use crate::error::Result;
use crate::named;
use crate::response::Fields;

/// The field of a response with an [`AuthorizerInfo`].
const FIELD: &str = "authorizer_info";

/// What WeChat says about a merchant's account: `authorizer_info` in the response of
/// `api_get_authorizer_info`. `None` stands for what WeChat left out.
///
/// It serialises with the wire names. Source: the official page of `getAuthorizerInfo`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuthorizerInfo {
    /// The account's name.
    pub nick_name: Option<String>,
    /// The URL of its picture.
    pub head_img: Option<String>,
    /// `service_type_info.id`. Service account: 2; subscription account: 0 and 1. Mini Program: 0;
    /// shop: 2, 3 and 10; game: 4; trial: 12.
    pub service_type_info: Option<i64>,
    /// `verify_type_info.id`: -1 not verified; 0 verified by WeChat; 1 by Weibo; 3 and 4
    /// qualified, but the name is not verified yet.
    pub verify_type_info: Option<i64>,
    /// The original id, `gh_…`.
    pub user_name: Option<String>,
    /// The WeChat number of the account.
    pub alias: Option<String>,
    /// The URL of its QR code.
    pub qrcode_url: Option<String>,
    /// The name of the organisation, or `个人` for an individual.
    pub principal_name: Option<String>,
    /// The introduction.
    pub signature: Option<String>,
    /// What only a Mini Program has. The capital M is WeChat's.
    #[serde(rename = "MiniProgramInfo")]
    pub mini_program_info: Option<MiniProgramInfo>,
    /// How the account was made. 16 and 17: a personal Mini Program, by API.
    pub register_type: Option<i64>,
    /// Whether the account works. `None` also if WeChat sends an undocumented number.
    pub account_status: Option<AccountStatus>,
}

/// What only a Mini Program has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MiniProgramInfo {
    /// Its categories.
    pub categories: Vec<MiniProgramCategory>,
    /// The number of the status of visits. Its values are not documented.
    pub visit_status: Option<i64>,
}

/// A category of a Mini Program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MiniProgramCategory {
    /// The first level.
    pub first: Option<String>,
    /// The second level.
    pub second: Option<String>,
}

named! {
    /// Whether an account works. Source: the official page of `getAuthorizerInfo`.
    #[non_exhaustive]
    pub enum AccountStatus {
        /// 1: it works.
        Normal = "normal" => 1,
        /// 14: it was cancelled.
        Cancelled = "cancelled" => 14,
        /// 16: WeChat has banned it.
        Banned = "banned" => 16,
        /// 18: WeChat has warned it.
        Warned = "warned" => 18,
        /// 19: WeChat has frozen it.
        Frozen = "frozen" => 19,
    }
    /// Returns the number on the wire.
    pub number -> u8
}

impl AccountStatus {
    /// Returns the status with this number on the wire.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|status| i64::from(status.number()) == number)
    }
}

impl AuthorizerInfo {
    /// Whether the account is a Mini Program. Source: the official page, which says so of
    /// `MiniProgramInfo`.
    #[must_use]
    pub fn is_mini_program(&self) -> bool {
        self.mini_program_info.is_some()
    }

    /// Reads it from the field `authorizer_info` of a response.
    pub(super) fn decode_field(response: &Fields<'_>) -> Result<Self> {
        let info = response.object(FIELD).ok_or_else(|| missing_field(FIELD))?;
        Ok(Self {
            nick_name: info.filled_text("nick_name"),
            head_img: info.filled_text("head_img"),
            service_type_info: read_id(info, "service_type_info"),
            verify_type_info: read_id(info, "verify_type_info"),
            user_name: info.filled_text("user_name"),
            alias: info.filled_text("alias"),
            qrcode_url: info.filled_text("qrcode_url"),
            principal_name: info.filled_text("principal_name"),
            signature: info.filled_text("signature"),
            mini_program_info: info
                .object("MiniProgramInfo")
                .map(MiniProgramInfo::from_fields),
            register_type: info.number("register_type"),
            account_status: info
                .number("account_status")
                .and_then(AccountStatus::from_number),
        })
    }
}

impl MiniProgramInfo {
    fn from_fields(info: &Fields<'_>) -> Self {
        let categories = info.objects("categories").map(|entry| MiniProgramCategory {
            first: entry.filled_text("first"),
            second: entry.filled_text("second"),
        });
        Self {
            categories: categories.collect(),
            visit_status: info.number("visit_status"),
        }
    }
}

/// Reads the number of a type: an object with `id`, or the number itself.
fn read_id(info: &Fields<'_>, field: &str) -> Option<i64> {
    match info.object(field) {
        Some(object) => object.number("id"),
        None => info.number(field),
    }
}
