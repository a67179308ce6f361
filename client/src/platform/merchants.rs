//! The merchants that have authorised the platform, as an iterator that asks for pages when it
//! needs them.

use std::collections::HashSet;
use std::{fmt, vec};

use jumpqr_core::error::Result;
use jumpqr_core::interface::{ApiGetAuthorizerList, AuthorizerWalk, ListedAuthorizer};

use super::Platform;

/// Iterates over WeChat's list of the platform's merchants. Each merchant comes once. The iterator
/// ends after an error.
///
/// Merchants may come and go meanwhile: one who is on the list all the time is returned exactly
/// once. The iterator blocks when it asks for a page of 500. Each merchant is remembered, with
/// about 60 bytes.
#[must_use = "nothing is sent before the first `next`"]
pub struct Merchants {
    pub(crate) platform: Platform,
    walk: AuthorizerWalk,
    page: vec::IntoIter<ListedAuthorizer>,
    returned: HashSet<String>,
    is_complete: bool,
}

impl Platform {
    /// Iterates over all merchants that have authorised the platform, as WeChat lists them. The
    /// store is neither read nor changed.
    pub fn merchants(&self) -> Merchants {
        Merchants {
            platform: self.clone(),
            walk: AuthorizerWalk::default(),
            page: Vec::new().into_iter(),
            returned: HashSet::new(),
            is_complete: false,
        }
    }
}

impl Merchants {
    /// Returns the rest of the current page, or the new merchants of the next page; `None` if no
    /// page is left.
    pub(crate) fn next_page(&mut self) -> Result<Option<Vec<ListedAuthorizer>>> {
        if !self.page.as_slice().is_empty() {
            return Ok(Some(std::mem::take(&mut self.page).collect()));
        }
        if self.is_complete {
            return Ok(None);
        }
        self.read_page().map(Some).inspect_err(|_| {
            self.is_complete = true;
        })
    }

    fn read_page(&mut self) -> Result<Vec<ListedAuthorizer>> {
        let account = &self.platform.account;
        let first_page =
            ApiGetAuthorizerList::first_page(account.appid.as_str(), account.token_field);
        let mut page = self.platform.call(ApiGetAuthorizerList {
            offset: self.walk.position().offset,
            ..first_page
        })?;
        self.walk.read(&page);
        self.is_complete = self
            .walk
            .has_come_round(AuthorizerWalk::default().position());
        let returned = &mut self.returned;
        page.list
            .retain(|merchant| returned.insert(merchant.authorizer_appid.clone()));
        Ok(page.list)
    }
}

impl Iterator for Merchants {
    type Item = Result<ListedAuthorizer>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(merchant) = self.page.next() {
                return Some(Ok(merchant));
            }
            match self.next_page() {
                Ok(Some(page)) => self.page = page.into_iter(),
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl fmt::Debug for Merchants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merchants")
            .field("returned", &self.returned.len())
            .field("is_complete", &self.is_complete)
            .finish_non_exhaustive()
    }
}
