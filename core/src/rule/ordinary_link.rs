use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{OpenVersion, PermitSubRule};

/// The number of ordinary-link rules that an account may have. Source: the official page of
/// addJumpQRCode.
pub const MAX_ORDINARY_LINK_RULES: usize = 100;

/// A rule that lets an ordinary link QR code open a Mini Program.
///
/// It is added with the token of the Mini Program (permission set 18). An account has at most 100
/// of these rules.
/// Source: the official page of addJumpQRCode.
///
/// ```
/// use jumpqr_core::rule::{OpenVersion, OrdinaryLinkRule, PermitSubRule};
///
/// let rule = OrdinaryLinkRule::new(
///     "https://weixin.qq.com/qrcodejump",
///     "pages/index/index",
///     OpenVersion::Development,
///     PermitSubRule::NotOccupied,
/// )
/// .debug_url(["https://weixin.qq.com/qrcodejump?a=1"]);
/// assert!(rule.check().is_valid());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrdinaryLinkRule {
    /// An http(s) URL on a domain with ICP filing. The links that it covers open the Mini Program.
    pub prefix: String,
    /// Whether the rule occupies its sub-rules.
    pub permit_sub_rule: PermitSubRule,
    /// The Mini Program page, e.g. `pages/index/index`.
    pub path: String,
    /// Which build a `debug_url` opens.
    pub open_version: OpenVersion,
    /// At most 5 complete test links, each covered by the prefix. `None` leaves the field out of
    /// the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_url: Option<Vec<String>>,
}

impl OrdinaryLinkRule {
    /// Creates a rule without test links.
    pub fn new(
        prefix: impl Into<String>,
        path: impl Into<String>,
        open_version: OpenVersion,
        permit_sub_rule: PermitSubRule,
    ) -> Self {
        Self {
            prefix: prefix.into(),
            permit_sub_rule,
            path: path.into(),
            open_version,
            debug_url: None,
        }
    }

    /// Sets the test links.
    #[must_use]
    pub fn debug_url(mut self, links: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.debug_url = Some(links.into_iter().map(Into::into).collect());
        self
    }
}
