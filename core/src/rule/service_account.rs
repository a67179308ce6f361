use serde::Serialize;

/// What the prefix of every service-account rule begins with: the account's parametric QR URL, with http, not https.
/// Source: the official page of addJumpQRCode.
pub const SERVICE_ACCOUNT_PREFIX: &str = "http://weixin.qq.com/q/";

/// The rule by which a service account's parametric QR code opens a Mini Program.
///
/// It is added with the token of the service account (permission set 3), which has to be linked to the Mini Program first,
/// see linkMiniprogram. A Mini Program has at most 100,000 of them. Source: the official page of addJumpQRCode.
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
    /// The parametric QR URL; begins with [`SERVICE_ACCOUNT_PREFIX`].
    pub prefix: String,
    /// The appid of the Mini Program to open, `wx…`.
    pub appid: String,
    /// The Mini Program page, e.g. `pages/index/index`.
    pub path: String,
}

impl ServiceAccountRule {
    /// A rule that opens `path` of the Mini Program `appid`.
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
