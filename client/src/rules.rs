//! The rules of an account, as an iterator that asks for pages when it needs them.

use std::collections::HashSet;
use std::{iter, vec};

use jumpqr_core::error::Result;
use jumpqr_core::interface::{GetJumpQRCode, ListedRule};
use jumpqr_core::listing::Listing;

use crate::client::Client;

/// Iterates over the rules of an account. Each prefix comes once. The iterator ends after an error.
///
/// Rules may be added and deleted meanwhile; the rule that the iterator returned last may be, too.
/// A rule that exists all the time is returned exactly once. Up to 10,000 rules come in one
/// response, more come in pages, see [`Listing`].
///
/// The iterator blocks when it asks for a page. It owns a clone of the client, so it may be kept,
/// and sent to another thread.
///
/// ```
/// # use std::sync::Arc;
/// # use jumpqr::response::Response;
/// # use jumpqr::transport::MemoryTransport;
/// # use jumpqr::Client;
/// # let list = r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/t/","state":2}]}"#;
/// # let wechat = MemoryTransport::new(move |_| Ok(Response::ok(list)));
/// # let client = Client::builder().access_token("TOKEN").transport(Arc::new(wechat)).build()?;
/// for rule in client.rules() {
///     let rule = rule?;
///     println!("{} {:?}", rule.prefix, rule.state);
/// }
/// # Ok::<(), jumpqr::Error>(())
/// ```
#[derive(Debug)]
pub struct Rules {
    pub(crate) client: Client,
    pages: Pages,
    page: vec::IntoIter<ListedRule>,
}

#[derive(Debug)]
enum Pages {
    /// One page with all rules, which was not asked for yet.
    Single,
    /// The pages of a service account.
    Listing(Listing),
    /// No page is left.
    End,
}

impl Rules {
    pub(crate) fn ordinary_link(client: &Client) -> Self {
        Self::new(client, Pages::Single)
    }

    pub(crate) fn service_account(client: &Client, appid: String) -> Self {
        Self::new(client, Pages::Listing(Listing::new(appid)))
    }

    fn new(client: &Client, pages: Pages) -> Self {
        Self {
            client: client.clone(),
            pages,
            page: Vec::new().into_iter(),
        }
    }

    /// Returns the rest of the current page, or all rules of the next page; `None` if none is left.
    pub(crate) fn next_page(&mut self) -> Result<Option<Vec<ListedRule>>> {
        let Some(first) = self.next().transpose()? else {
            return Ok(None);
        };
        let rest = std::mem::take(&mut self.page);
        Ok(Some(iter::once(first).chain(rest).collect()))
    }

    /// Asks for the next page; returns `false` if none is left.
    fn fetch_page(&mut self) -> Result<bool> {
        let pages = std::mem::replace(&mut self.pages, Pages::End);
        let rules = match pages {
            Pages::End => return Ok(false),
            Pages::Single => {
                let list = self.client.get_jump_qr_code(GetJumpQRCode::OrdinaryLink)?;
                let mut seen = HashSet::new();
                let mut rules = list.rule_list;
                rules.retain(|rule| seen.insert(rule.prefix.clone()));
                rules
            }
            Pages::Listing(mut listing) => {
                let Some(call) = listing.next_call() else {
                    return Ok(false);
                };
                let rules = match self.client.get_jump_qr_code(call) {
                    Ok(list) => listing.read(list),
                    Err(error) if listing.recover(&error) => Vec::new(),
                    Err(error) => return Err(error),
                };
                self.pages = Pages::Listing(listing);
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
            match self.fetch_page() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
