//! Lists all rules of an account, each once, even if rules are added or deleted meanwhile.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use crate::error::{Error, OwnCode};
use crate::interface::{GetJumpQRCode, JumpQRCodeList, ListedRule, MAX_PAGE_SIZE};

/// The most rules that `get_type` 0 lists. Source: the official page of getJumpQRCode.
const MAX_LATEST: u64 = 10_000;

/// The listing ends after this many pages without a new rule, one after the other: the server repeats
/// itself.
const MAX_PAGES_WITHOUT_NEW_RULE: u32 = 3;

/// The same for pages between which the list has grown: rules that were added at the front shift the
/// known ones to the next page. No server adds 200 rules between any two requests for so long.
const MAX_PAGES_OF_A_GROWING_LIST: u32 = 100;

/// Decides without I/O which requests list all rules of an account.
///
/// All ordinary-link rules come in one response.
///
/// Of a service account's rules, one response has up to 10,000 (`get_type` 0). It is a snapshot, in
/// which nothing can shift. For more rules, the listing asks for pages (`get_type` 2). WeChat
/// numbers pages by position: if a rule is deleted or added between two requests, all rules behind
/// it shift. Therefore each page overlaps the previous one. If the first rule of a page is not
/// known yet, rules may have been skipped, and the listing steps back. A rule that exists all the
/// time is therefore listed exactly once, if WeChat keeps the order of the others.
///
/// ```
/// use jumpqr_core::interface::GetJumpQRCode;
/// use jumpqr_core::listing::Listing;
///
/// let listing = Listing::service_account("wx1234567890abcdef");
/// assert!(matches!(listing.next_call(), Some(GetJumpQRCode::Latest { .. })));
/// ```
#[derive(Debug)]
pub struct Listing {
    appid: String,
    /// The prefixes of the rules that were listed.
    seen: BTreeSet<String>,
    next: Next,
    total_count: Option<u64>,
    qrcodejump_open: Option<bool>,
    /// The position from which the listing stepped back, if it has found no new rule since.
    stepped_back_at: Option<u64>,
    pages_without_new_rule: u32,
    pages_of_a_growing_list: u32,
    /// The most rules that WeChat puts on a page.
    max_size: u32,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    OrdinaryLink,
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
    /// Returns the page that begins at `position` or before it, and ends as far behind it as
    /// possible.
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
    /// Starts a listing of the ordinary-link rules of a Mini Program.
    #[must_use]
    pub fn ordinary_link() -> Self {
        Self {
            next: Next::OrdinaryLink,
            ..Self::service_account("")
        }
    }

    /// Starts a listing of a service account's rules that open the Mini Program `appid`.
    pub fn service_account(appid: impl Into<String>) -> Self {
        Self {
            appid: appid.into(),
            seen: BTreeSet::new(),
            next: Next::Latest,
            total_count: None,
            qrcodejump_open: None,
            stepped_back_at: None,
            pages_without_new_rule: 0,
            pages_of_a_growing_list: 0,
            max_size: MAX_PAGE_SIZE,
        }
    }

    /// Returns the next call to make, or `None` if all rules are listed.
    #[must_use]
    pub fn next_call(&self) -> Option<GetJumpQRCode> {
        let appid = self.appid.clone();
        match self.next {
            Next::OrdinaryLink => Some(GetJumpQRCode::OrdinaryLink),
            Next::Latest => Some(GetJumpQRCode::Latest { appid }),
            Next::Page(page) => Some(GetJumpQRCode::ByPage {
                appid,
                page_num: page.num,
                page_size: page.size,
            }),
            Next::Nothing => None,
        }
    }

    /// Returns whether opening by QR code is switched on for the account. `None` before the first
    /// response, or if WeChat leaves it out.
    #[must_use]
    pub fn qrcodejump_open(&self) -> Option<bool> {
        self.qrcodejump_open
    }

    /// Takes the error of the call. Returns whether the rules can be listed in another way.
    pub fn recover(&mut self, error: &Error) -> bool {
        let is_too_large = error.code() == OwnCode::BodyTooLarge;
        if matches!(self.next, Next::Latest) && is_too_large {
            self.next = Next::Page(Page::around(0, self.max_size));
            return true;
        }
        self.next = Next::Nothing;
        false
    }

    /// Takes the response of the call. Returns the rules that are new.
    pub fn read(&mut self, list: JumpQRCodeList) -> Vec<ListedRule> {
        self.qrcodejump_open = list.qrcodejump_open.or(self.qrcodejump_open);
        match self.next {
            Next::OrdinaryLink => self.read_last(list),
            Next::Latest => self.read_latest(list),
            Next::Page(page) => self.read_page(page, list),
            Next::Nothing => Vec::new(),
        }
    }

    fn read_last(&mut self, list: JumpQRCodeList) -> Vec<ListedRule> {
        self.next = Next::Nothing;
        self.take_new(list.rule_list)
    }

    fn read_latest(&mut self, list: JumpQRCodeList) -> Vec<ListedRule> {
        let listed = list.rule_list.len() as u64;
        let total = list.total_count;
        let is_whole = total.map_or(listed < MAX_LATEST, |total| total <= listed);
        if is_whole {
            return self.read_last(list);
        }
        self.next = Next::Page(Page::around(0, self.max_size));
        Vec::new()
    }

    fn read_page(&mut self, page: Page, list: JumpQRCodeList) -> Vec<ListedRule> {
        let previous_total = mem::replace(&mut self.total_count, list.total_count);
        let has_grown = previous_total
            .zip(self.total_count)
            .is_some_and(|(previous, now)| now > previous);
        let first = list.rule_list.first();
        let is_anchored =
            page.start() == 0 || first.is_some_and(|rule| self.seen.contains(&rule.prefix));
        if !is_anchored && self.stepped_back_at.is_none_or(|at| page.start() < at) {
            self.step_back(page, previous_total);
            return Vec::new();
        }
        let listed = list.rule_list.len();
        let end = page.start().saturating_add(listed as u64);
        let is_full = end >= page.end();
        if !is_full && self.total_count.is_some_and(|total| total > end) {
            // The page ends before the list does, so WeChat's pages are smaller. A page of one rule
            // could not overlap.
            let size = u32::try_from(listed).unwrap_or(self.max_size).max(2);
            self.max_size = self.max_size.min(size);
        }
        let new = self.take_new(list.rule_list);
        if !new.is_empty() {
            self.pages_without_new_rule = 0;
            self.pages_of_a_growing_list = 0;
            self.stepped_back_at = None;
        } else if has_grown {
            self.pages_of_a_growing_list += 1;
        } else if self.stepped_back_at.is_none_or(|at| page.start() >= at) {
            self.pages_without_new_rule += 1;
        }
        let is_last = self.total_count.is_some_and(|total| end >= total);
        let is_over = new.is_empty() && !is_full
            || self.pages_without_new_rule >= MAX_PAGES_WITHOUT_NEW_RULE
            || self.pages_of_a_growing_list >= MAX_PAGES_OF_A_GROWING_LIST;
        self.next = if is_last || is_over {
            Next::Nothing
        } else {
            // The next page begins with the last rule of this one.
            Next::Page(Page::around(end.saturating_sub(1), self.max_size))
        };
        new
    }

    /// Asks for an earlier page. It steps back by the number of rules that are missing now, and at
    /// least by one page.
    fn step_back(&mut self, page: Page, previous_total: Option<u64>) {
        let totals = previous_total.zip(self.total_count);
        let missing = totals.map_or(0, |(previous, now)| previous.saturating_sub(now));
        let by = missing.max(u64::from(MAX_PAGE_SIZE));
        let at = self.stepped_back_at.unwrap_or(0);
        self.stepped_back_at = Some(at.max(page.start()));
        let position = page.start().saturating_sub(by);
        self.next = Next::Page(Page::around(position, self.max_size));
    }

    fn take_new(&mut self, rules: Vec<ListedRule>) -> Vec<ListedRule> {
        rules
            .into_iter()
            .filter(|rule| self.seen.insert(rule.prefix.clone()))
            .collect()
    }
}
