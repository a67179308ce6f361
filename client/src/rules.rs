use std::collections::HashSet;
use std::time::Duration;
use std::{iter, vec};

use jumpqr_core::error::Result;
use jumpqr_core::interface::{GetJumpQRCode, ListedRule, MAX_PAGE_SIZE};

use crate::client::Client;
use crate::given_up::GivenUp;

/// The rules of an account, one after the other; each prefix once. After an error it ends.
///
/// It holds a clone of the client, so it may be kept, and sent to another thread.
#[derive(Debug)]
pub struct Rules {
    client: Client,
    pages: Pages,
    page: vec::IntoIter<ListedRule>,
    seen: HashSet<String>,
}

#[derive(Debug)]
enum Pages {
    /// There is one, not yet asked for.
    Only,
    /// There are many.
    Next { appid: String, page_num: u32 },
    /// There are no more.
    End,
}

impl Rules {
    pub(crate) fn ordinary_link(client: &Client) -> Self {
        Self::new(client, Pages::Only)
    }

    pub(crate) fn service_account(client: &Client, appid: String) -> Self {
        Self::new(client, Pages::Next { appid, page_num: 1 })
    }

    fn new(client: &Client, pages: Pages) -> Self {
        Self {
            client: client.clone(),
            pages,
            page: Vec::new().into_iter(),
            seen: HashSet::new(),
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

    /// Says who may give up the next page, see [`Client::with_given_up`].
    pub fn set_given_up(&mut self, given_up: &GivenUp) {
        self.client = self.client.with_given_up(given_up);
    }

    /// Asks for the next page; `false` where there is none.
    fn turn(&mut self) -> Result<bool> {
        let (call, next) = match std::mem::replace(&mut self.pages, Pages::End) {
            Pages::End => return Ok(false),
            Pages::Only => (GetJumpQRCode::OrdinaryLink, Pages::End),
            Pages::Next { appid, page_num } => (
                GetJumpQRCode::ByPage {
                    appid: appid.clone(),
                    page_num,
                    page_size: MAX_PAGE_SIZE,
                },
                Pages::Next {
                    appid,
                    page_num: page_num.saturating_add(1),
                },
            ),
        };
        let list = self.client.get_jump_qr_code(call)?;
        let seen = &mut self.seen;
        let fresh: Vec<_> = list
            .rule_list
            .into_iter()
            .filter(|rule| seen.insert(rule.prefix.clone()))
            .collect();
        let all_seen = list
            .total_count
            .is_some_and(|total| seen.len() as u64 >= total);
        // A server that repeats a page for ever must not make this endless.
        if !fresh.is_empty() && !all_seen {
            self.pages = next;
        }
        self.page = fresh.into_iter();
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
