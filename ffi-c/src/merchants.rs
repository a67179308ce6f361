use std::mem::MaybeUninit;
use std::ptr::{from_ref, null};

use jumpqr::Merchants;

use crate::{
    attempt, guard, jumpqr_error, jumpqr_listed_authorizer, jumpqr_platform, jumpqr_status,
    present, produce,
};

/// A walk over all merchants that have authorised a platform, as WeChat lists them. It requests
/// pages of 500 as they are needed, and returns each merchant once. The token store is neither read
/// nor changed for the merchants.
///
/// One thread may use it at a time. It stays valid after the platform is freed. Free it with
/// `jumpqr_merchants_free`, exactly once.
pub struct jumpqr_merchants {
    merchants: Merchants,
    current: Option<jumpqr_listed_authorizer>,
}

/// Begins a walk, which is to be freed. Nothing is sent yet.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_merchants_new(
    platform: Option<&jumpqr_platform>,
    merchants: Option<&mut MaybeUninit<*mut jumpqr_merchants>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(merchants, "merchants", error, || {
        let merchants = present(platform, "platform")?.0.merchants();
        let current = None;
        Ok(jumpqr_merchants { merchants, current })
    })
}

/// Returns the next merchant; NULL at the end. The merchant lives until the next step of the walk,
/// or until the walk is freed. After an error, the walk is at its end.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_merchants_next(
    merchants: Option<&mut jumpqr_merchants>,
    merchant: Option<&mut MaybeUninit<*const jumpqr_listed_authorizer>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let merchants = present(merchants, "merchants")?;
        let merchant = present(merchant, "merchant")?;
        let next = merchants.merchants.next().transpose()?;
        merchants.current = next.map(Into::into);
        merchant.write(merchants.current.as_ref().map_or(null(), from_ref));
        Ok(())
    })
}

/// Frees a walk and its current merchant. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_merchants_free(merchants: Option<Box<jumpqr_merchants>>) {
    guard(|| merchants.map(drop));
}
