use std::collections::HashSet;
use std::time::Duration;
use std::{iter, vec};

use jumpqr_core::error::Result;
use jumpqr_core::interface::{GetJumpQRCode, ListedRule};
use jumpqr_core::listing::Listing;

use crate::cancel::Cancel;
use crate::client::Client;

/// The rules of an account, one after the other; each prefix once. After an error it ends.
///
/// Rules may be added and deleted meanwhile, for example each one that was given. A rule that
/// exists all the time is given exactly once. Up to 10,000 rules come in one answer, more in pages,
/// see [`Listing`].
///
/// It holds a clone of the client, so it may be kept, and sent to another thread.
#[derive(Debug)]
pub struct Rules {
    client: Client,
    pages: Pages,
    page: vec::IntoIter<ListedRule>,
}

#[derive(Debug)]
enum Pages {
    /// All in one answer, which was not asked for yet.
    Only,
    /// A service account's.
    Many(Listing),
    /// There are no more.
    End,
}

impl Rules {
    pub(crate) fn ordinary_link(client: &Client) -> Self {
        Self::new(client, Pages::Only)
    }

    pub(crate) fn service_account(client: &Client, appid: String) -> Self {
        Self::new(client, Pages::Many(Listing::new(appid)))
    }

    fn new(client: &Client, pages: Pages) -> Self {
        Self {
            client: client.clone(),
            pages,
            page: Vec::new().into_iter(),
        }
    }

    /// The rest of the page that was asked for last, or the rules of the next page; `None` where there is none. For those
    /// who turn pages on another thread than the one that uses the rules.
    pub fn next_page(&mut self) -> Result<Option<Vec<ListedRule>>> {
        let Some(first) = self.next().transpose()? else {
            return Ok(None);
        };
        let rest = std::mem::take(&mut self.page);
        Ok(Some(iter::once(first).chain(rest).collect()))
    }

    /// Sets how long the next page has waited for a free thread, see [`Client::with_waited`].
    pub fn set_waited(&mut self, waited: Duration) {
        self.client = self.client.with_waited(waited);
    }

    /// Says who may give up the next page, see [`Client::with_cancel`].
    pub fn set_cancel(&mut self, cancel: &Cancel) {
        self.client = self.client.with_cancel(cancel);
    }

    /// Asks for the next page; `false` if there is no other.
    fn turn(&mut self) -> Result<bool> {
        let pages = std::mem::replace(&mut self.pages, Pages::End);
        let rules = match pages {
            Pages::End => return Ok(false),
            Pages::Only => {
                let list = self.client.get_jump_qr_code(GetJumpQRCode::OrdinaryLink)?;
                let mut seen = HashSet::new();
                let mut rules = list.rule_list;
                rules.retain(|rule| seen.insert(rule.prefix.clone()));
                rules
            }
            Pages::Many(mut listing) => {
                let Some(call) = listing.next_call() else {
                    return Ok(false);
                };
                let rules = match self.client.get_jump_qr_code(call) {
                    Ok(list) => listing.answered(list),
                    Err(error) if listing.failed(&error) => Vec::new(),
                    Err(error) => return Err(error),
                };
                self.pages = Pages::Many(listing);
                rules
            }
        };
        self.page = rules.into_iter();
        Ok(true)
    }
}

impl Iterator for Rules {
    type Item = Result<ListedRule>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(rule) = self.page.next() {
                return Some(Ok(rule));
            }
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
