use alloc::string::String;

use serde::Serialize;

/// The beginning of every service-account rule's prefix: the account's parametric QR URL, with
/// http, not https. Source: the official page of addJumpQRCode.
pub const SERVICE_ACCOUNT_PREFIX: &str = "http://weixin.qq.com/q/";

/// The number of service-account rules that may open a Mini Program. Source: the official page of
/// addJumpQRCode.
pub const MAX_SERVICE_ACCOUNT_RULES: usize = 100_000;

/// A rule that lets a service account's parametric QR code open a Mini Program.
///
/// It is added with the token of the service account (permission set 3). The account must be linked
/// to the Mini Program first, see linkMiniprogram. A Mini Program has at most 100,000 of these
/// rules. Source: the official page of addJumpQRCode.
///
/// ```
/// use jumpqr_core::rule::ServiceAccountRule;
///
/// let rule = ServiceAccountRule::new(
///     "http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
///     "wx1234567890abcdef",
///     "pages/index/index",
/// );
/// assert!(rule.check().is_valid());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceAccountRule {
    /// The parametric QR URL. It begins with [`SERVICE_ACCOUNT_PREFIX`].
    pub prefix: String,
    /// The appid of the Mini Program to open, `wx…`.
    pub appid: String,
    /// The Mini Program page, e.g. `pages/index/index`.
    pub path: String,
}

impl ServiceAccountRule {
    /// Creates a rule that opens `path` of the Mini Program `appid`.
    pub fn new(
        prefix: impl Into<String>,
        appid: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            prefix: prefix.into(),
            appid: appid.into(),
            path: path.into(),
        }
    }
}
