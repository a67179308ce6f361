//! The rules of an account, as an iterator that asks for pages when it needs them.

use std::{iter, vec};

use jumpqr_core::error::Result;
use jumpqr_core::interface::ListedRule;
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
    listing: Listing,
    page: vec::IntoIter<ListedRule>,
}

impl Rules {
    pub(crate) fn new(client: &Client, listing: Listing) -> Self {
        Self {
            client: client.clone(),
            listing,
            page: Vec::new().into_iter(),
        }
    }

    /// Returns whether opening by QR code is switched on for the account. `None` before the first
    /// rule, or if WeChat leaves it out.
    #[must_use]
    pub fn qrcodejump_open(&self) -> Option<bool> {
        self.listing.qrcodejump_open()
    }

    /// Returns the rest of the current page, or all rules of the next page; `None` if none is left.
    pub(crate) fn next_page(&mut self) -> Result<Option<Vec<ListedRule>>> {
        let Some(first) = self.next().transpose()? else {
            return Ok(None);
        };
        let rest = std::mem::take(&mut self.page);
        Ok(Some(iter::once(first).chain(rest).collect()))
    }
}

impl Iterator for Rules {
    type Item = Result<ListedRule>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(rule) = self.page.next() {
                return Some(Ok(rule));
            }
            match self.client.get_jump_qr_code(self.listing.next_call()?) {
                Ok(list) => self.page = self.listing.read(list).into_iter(),
                Err(error) if self.listing.recover(&error) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
