//! A merchant has ended its authorisation of the platform. A process that has an access token in
//! memory learns this when WeChat refuses a call.

use alloc::format;

use super::memory::Memory;
use super::record::TokenRecord;
use super::{Account, StoredRecord};
use crate::errcode::ErrCode;
use crate::error::{Error, OwnCode, Result};

/// Returns whether WeChat says that the merchant has not authorised the platform.
///
/// If a call for a merchant fails with such an error, load the merchant's record, and report it to
/// [`Memory::check_authorisation`].
#[must_use]
pub fn is_not_authorised(error: &Error) -> bool {
    error
        .code()
        .documented()
        .is_some_and(ErrCode::is_not_authorised)
}

impl Account<'_> {
    /// Returns the error of a merchant who has ended the authorisation; `None` if the record does
    /// not say so.
    #[must_use]
    pub fn unauthorised(&self, record: &TokenRecord) -> Option<Error> {
        let ended_at = record.unauthorised_at()?;
        let platform = self.platform.unwrap_or_default();
        let what = format!(
            "{} has ended its authorisation of {platform}, at the UNIX time {ended_at}",
            self.appid
        );
        let error = Error::new(OwnCode::MerchantUnauthorized, what);
        Some(error.in_interface(self.interface))
    }
}

impl Memory {
    /// Takes the record that is stored after WeChat has refused a call as [not
    /// authorised](is_not_authorised). Returns what the next calls fail with, if the merchant has
    /// ended the authorisation.
    ///
    /// The access token in memory is dropped if a record that is as late does not have it: it is of
    /// an authorisation that has ended.
    pub fn check_authorisation(
        &mut self,
        account: Account<'_>,
        stored: &StoredRecord,
    ) -> Result<Option<Error>> {
        let record = TokenRecord::parse(&stored.bytes, account.key)?;
        self.cached.take_if(|cached| {
            cached.version <= stored.version && !record.has_access_token(&cached.token)
        });
        Ok(account.unauthorised(&record))
    }
}
