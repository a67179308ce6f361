use std::ptr::from_ref;

use jumpqr::AuthorizedMerchant;

use crate::object::Object;
use crate::{guard, jumpqr_func_info, jumpqr_text};

/// A merchant that has authorised the platform, and whose refresh token is stored. It contains no
/// secret.
///
/// Free it with `jumpqr_authorized_merchant_free`, exactly once. It stays valid after the platform
/// is freed. Any number of threads may read it at the same time.
pub struct jumpqr_authorized_merchant {
    merchant: Object<AuthorizedMerchant>,
    func_info: Option<Vec<jumpqr_func_info>>,
}

impl From<AuthorizedMerchant> for jumpqr_authorized_merchant {
    fn from(mut merchant: AuthorizedMerchant) -> Self {
        let sets = merchant.func_info.take();
        Self {
            func_info: sets.map(|sets| sets.into_iter().map(Into::into).collect()),
            merchant: merchant.into(),
        }
    }
}

/// Frees a merchant, its permission sets, and the texts read from them. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_authorized_merchant_free(
    merchant: Option<Box<jumpqr_authorized_merchant>>,
) {
    guard(|| merchant.map(drop));
}

/// Returns the merchant's Mini Program or service account, for `jumpqr_platform_merchant`. No text
/// if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_authorized_merchant_authorizer_appid(
    merchant: Option<&jumpqr_authorized_merchant>,
) -> jumpqr_text {
    guard(|| {
        merchant?
            .merchant
            .text(|merchant| &merchant.authorizer_appid)
    })
}

/// Returns whether there is a refresh token. WeChat gives none to an account that may call no
/// interface. `false` if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_authorized_merchant_has_refresh_token(
    merchant: Option<&jumpqr_authorized_merchant>,
) -> bool {
    guard(|| Some(merchant?.merchant.has_refresh_token))
}

/// Returns whether WeChat has listed the permission sets that the merchant has granted. The list
/// may be empty. `false` if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_authorized_merchant_has_func_info(
    merchant: Option<&jumpqr_authorized_merchant>,
) -> bool {
    guard(|| Some(merchant?.func_info.is_some()))
}

/// Returns the number of permission sets that the merchant has granted. 0 if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_authorized_merchant_func_info_count(
    merchant: Option<&jumpqr_authorized_merchant>,
) -> usize {
    guard(|| Some(merchant?.func_info.as_ref()?.len()))
}

/// Returns permission set number `index`, from 0. It lives as long as the merchant. NULL if there
/// is no such permission set, or if `merchant` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_authorized_merchant_func_info(
    merchant: Option<&jumpqr_authorized_merchant>,
    index: usize,
) -> *const jumpqr_func_info {
    guard(|| {
        let sets = merchant?.func_info.as_ref()?;
        sets.get(index).map(from_ref)
    })
}
