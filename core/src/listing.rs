//! All rules of a service account, each once, whatever is added or deleted meanwhile.

use std::collections::HashSet;

use crate::error::{Error, OwnCode};
use crate::interface::{GetJumpQRCode, JumpQRCodeList, ListedRule, MAX_PAGE_SIZE};

/// The number of rules that `get_type` 0 lists. Source: the official page of getJumpQRCode.
const MAX_LATEST: u64 = 10_000;

/// So many pages in a row without a new rule end the listing: the server repeats itself.
const MAX_BARREN_PAGES: u32 = 3;

/// What a listing asks next, decided without I/O: the requests that list all rules of a service
/// account.
///
/// Up to 10,000 rules come in one answer (`get_type` 0), which is a snapshot: nothing can shift in
/// it. More rules come in pages (`get_type` 2). WeChat numbers pages by position, so a rule that is
/// deleted or added between two requests shifts all rules behind it. Therefore each page overlaps
/// the one before. If the first rule of a page is not known yet, rules may have been skipped, and
/// the listing steps back. So a rule that exists all the time is listed exactly once, if WeChat
/// keeps the order of the others.
///
/// ```
/// use jumpqr_core::interface::GetJumpQRCode;
/// use jumpqr_core::listing::Listing;
///
/// let listing = Listing::new("wx1234567890abcdef");
/// assert!(matches!(listing.next_call(), Some(GetJumpQRCode::Latest { .. })));
/// ```
#[derive(Debug)]
pub struct Listing {
    appid: String,
    seen: HashSet<String>,
    next: Next,
    total_count: Option<u64>,
    /// Where the listing stepped back, if it has not found a new rule since.
    stepped_back_at: Option<u64>,
    barren_pages: u32,
    /// The most rules that WeChat puts on a page.
    max_size: u32,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Latest,
    Page(Page),
    Nothing,
}

/// A page, by WeChat's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page {
    num: u32,
    size: u32,
}

impl Page {
    /// The page that begins at `position` or before, and ends as far behind it as possible.
    fn around(position: u64, max_size: u32) -> Self {
        let page = |size: u32| Self {
            num: u32::try_from(position / u64::from(size))
                .unwrap_or(u32::MAX - 1)
                .saturating_add(1),
            size,
        };
        (1..=max_size)
            .rev()
            .map(page)
            .max_by_key(|page| (page.end(), page.size))
            .unwrap_or(Self { num: 1, size: 1 })
    }

    fn start(self) -> u64 {
        u64::from(self.num - 1) * u64::from(self.size)
    }

    fn end(self) -> u64 {
        u64::from(self.num) * u64::from(self.size)
    }
}

impl Listing {
    /// A listing of the rules that open the Mini Program `appid`.
    pub fn new(appid: impl Into<String>) -> Self {
        Self {
            appid: appid.into(),
            seen: HashSet::new(),
            next: Next::Latest,
            total_count: None,
            stepped_back_at: None,
            barren_pages: 0,
            max_size: MAX_PAGE_SIZE,
        }
    }

    /// The next call to make; `None` if all rules are listed.
    #[must_use]
    pub fn next_call(&self) -> Option<GetJumpQRCode> {
        let appid = self.appid.clone();
        match self.next {
            Next::Latest => Some(GetJumpQRCode::Latest { appid }),
            Next::Page(page) => Some(GetJumpQRCode::ByPage {
                appid,
                page_num: page.num,
                page_size: page.size,
            }),
            Next::Nothing => None,
        }
    }

    /// Takes the error of the call. Returns whether there is another way to list the rules.
    pub fn failed(&mut self, error: &Error) -> bool {
        let is_too_large = error.code() == OwnCode::BodyTooLarge;
        if matches!(self.next, Next::Latest) && is_too_large {
            self.next = Next::Page(Page::around(0, self.max_size));
            return true;
        }
        self.next = Next::Nothing;
        false
    }

    /// Takes the answer to the call. Returns the rules that are new.
    pub fn answered(&mut self, list: JumpQRCodeList) -> Vec<ListedRule> {
        match self.next {
            Next::Latest => self.latest(list),
            Next::Page(page) => self.page(page, list),
            Next::Nothing => Vec::new(),
        }
    }

    fn latest(&mut self, list: JumpQRCodeList) -> Vec<ListedRule> {
        let listed = list.rule_list.len() as u64;
        let is_whole = match list.total_count {
            Some(total) => total <= listed,
            None => listed < MAX_LATEST,
        };
        if is_whole {
            self.next = Next::Nothing;
            return self.fresh(list.rule_list);
        }
        self.next = Next::Page(Page::around(0, self.max_size));
        Vec::new()
    }

    fn page(&mut self, page: Page, list: JumpQRCodeList) -> Vec<ListedRule> {
        let former_total = std::mem::replace(&mut self.total_count, list.total_count);
        let first = list.rule_list.first();
        let is_anchored =
            page.start() == 0 || first.is_some_and(|rule| self.seen.contains(&rule.prefix));
        if !is_anchored && self.stepped_back_at.is_none_or(|at| page.start() < at) {
            self.step_back(page, former_total);
            return Vec::new();
        }
        let listed = list.rule_list.len();
        let end = page.start().saturating_add(listed as u64);
        let is_full = end >= page.end();
        if !is_full && self.total_count.is_some_and(|total| total > end) {
            // The page ends before the list does, so WeChat's pages are smaller. One rule cannot
            // overlap.
            let size = u32::try_from(listed).unwrap_or(self.max_size).max(2);
            self.max_size = self.max_size.min(size);
        }
        let fresh = self.fresh(list.rule_list);
        if !fresh.is_empty() {
            self.barren_pages = 0;
            self.stepped_back_at = None;
        } else if self.stepped_back_at.is_none_or(|at| page.start() >= at) {
            self.barren_pages += 1;
        }
        let is_last = match self.total_count {
            Some(total) => end >= total,
            None => false,
        };
        let is_over = fresh.is_empty() && !is_full || self.barren_pages >= MAX_BARREN_PAGES;
        self.next = if is_last || is_over {
            Next::Nothing
        } else {
            // It begins with a rule that was seen just now.
            Next::Page(Page::around(end.saturating_sub(1), self.max_size))
        };
        fresh
    }

    /// Asks for an earlier page: by as many rules as there are fewer now, but at least by one page.
    fn step_back(&mut self, page: Page, former_total: Option<u64>) {
        let fewer = match (former_total, self.total_count) {
            (Some(former), Some(now)) => former.saturating_sub(now),
            _ => 0,
        };
        let by = fewer.max(u64::from(MAX_PAGE_SIZE));
        let at = self.stepped_back_at.unwrap_or(0);
        self.stepped_back_at = Some(at.max(page.start()));
        let position = page.start().saturating_sub(by);
        self.next = Next::Page(Page::around(position, self.max_size));
    }

    fn fresh(&mut self, rules: Vec<ListedRule>) -> Vec<ListedRule> {
        rules
            .into_iter()
            .filter(|rule| self.seen.insert(rule.prefix.clone()))
            .collect()
    }
}
