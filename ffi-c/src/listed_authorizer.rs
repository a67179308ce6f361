use jumpqr::interface::ListedAuthorizer;

use crate::object::Object;
use crate::{guard, jumpqr_text};

/// A merchant as WeChat lists the merchants of a platform. It contains no secret.
///
/// It belongs to the walk that it was read from. Any number of threads may read it at the same
/// time.
pub struct jumpqr_listed_authorizer(Object<ListedAuthorizer>);

impl From<ListedAuthorizer> for jumpqr_listed_authorizer {
    fn from(merchant: ListedAuthorizer) -> Self {
        Self(merchant.into())
    }
}

/// Returns the merchant's Mini Program or service account. No text if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_authorizer_authorizer_appid(
    merchant: Option<&jumpqr_listed_authorizer>,
) -> jumpqr_text {
    guard(|| merchant?.0.text(|merchant| &merchant.authorizer_appid))
}

/// Returns when the merchant authorised the platform, in UNIX seconds. -1 if WeChat leaves it out,
/// or if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_authorizer_auth_time(
    merchant: Option<&jumpqr_listed_authorizer>,
) -> i64 {
    guard(|| merchant?.0.auth_time?.try_into().ok())
}

/// Returns whether the list has the merchant's refresh token. WeChat leaves it out until the
/// platform has exchanged a code of the merchant. `false` if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_authorizer_has_refresh_token(
    merchant: Option<&jumpqr_listed_authorizer>,
) -> bool {
    guard(|| Some(merchant?.0.refresh_token.is_some()))
}
