use alloc::collections::BTreeSet;
use alloc::string::String;

use super::{AuthorizerList, ListedAuthorizer, MAX_AUTHORIZER_COUNT};

/// How many entries two pages have in common. If the list moves between them, they have no merchant
/// in common.
const OVERLAP: u32 = 1;

/// The length of the first step back, if a page has no merchant in common with the previous one.
const STEP_BACK: u32 = 50;

/// The most pages of one round: a server's list may never end.
const MAX_PAGES: u32 = 2_000;

/// Reads WeChat's list of a platform's merchants, page by page, round after round. Each page has
/// the largest size.
///
/// A page begins at an offset, and merchants come and go between two pages. So each page begins
/// with the last merchant of the previous one. If they have no merchant in common, the list has
/// moved, and the walk steps back: no merchant is skipped.
///
/// A search may begin at any [`position`](Self::position). It may end when the walk
/// [has come round](Self::has_come_round) to that position: then it has read each merchant.
///
/// ```
/// use jumpqr_core::interface::AuthorizerWalk;
///
/// let walk = AuthorizerWalk::default();
/// assert_eq!(walk.position().offset, 0);
/// assert!(!walk.has_come_round(walk.position()));
/// ```
#[derive(Debug, Clone, Default)]
pub struct AuthorizerWalk {
    position: WalkPosition,
    total_count: Option<u64>,
    round: Round,
}

/// What was read in a round.
#[derive(Debug, Clone, Default)]
struct Round {
    pages: u32,
    /// The merchants of the previous page.
    previous: BTreeSet<String>,
    /// Whether the next page should begin with a merchant of the previous one.
    overlaps: bool,
    /// The length of the last step back, or 0 if the last two pages had a merchant in common.
    stepped_back: u32,
}

/// A position in the list, in a round of an [`AuthorizerWalk`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WalkPosition {
    round: u64,
    /// How many merchants are in front of it.
    pub offset: u32,
}

impl WalkPosition {
    /// Whether it is the beginning of a round.
    #[must_use]
    pub fn is_first(self) -> bool {
        self.offset == 0
    }
}

impl AuthorizerWalk {
    /// The position at which the next page begins.
    #[must_use]
    pub fn position(&self) -> WalkPosition {
        self.position
    }

    /// The number of merchants in the list. `None` if WeChat has not sent it.
    #[must_use]
    pub fn total_count(&self) -> Option<u64> {
        self.total_count
    }

    /// Whether each merchant was read since the walk was at `start`.
    #[must_use]
    pub fn has_come_round(&self, start: WalkPosition) -> bool {
        let rounds = self.position.round.saturating_sub(start.round);
        // Merchants in front of the start may have moved behind it.
        let beyond = start.offset.saturating_add(MAX_AUTHORIZER_COUNT);
        rounds > 1 || (rounds == 1 && (start.offset == 0 || self.position.offset >= beyond))
    }

    /// The most merchants that can have been read since the walk was at `start`.
    #[must_use]
    pub fn merchants_since(&self, start: WalkPosition) -> u64 {
        let rounds = self.position.round.saturating_sub(start.round);
        let whole = self.total_count.unwrap_or(0);
        (whole.saturating_mul(rounds) + u64::from(self.position.offset))
            .saturating_sub(u64::from(start.offset))
    }

    /// Begins a new round with the first merchant.
    pub fn begin_again(&mut self) {
        self.position.round += 1;
        self.position.offset = 0;
        self.round = Round::default();
    }

    /// Goes on after `page`, which begins at the [`position`](Self::position).
    pub fn read(&mut self, page: &AuthorizerList) {
        let count = MAX_AUTHORIZER_COUNT;
        let offset = self.position.offset;
        self.round.pages += 1;
        self.total_count = page.total_count.or(self.total_count);
        let appids: BTreeSet<_> = page
            .list
            .iter()
            .map(|listed: &ListedAuthorizer| listed.authorizer_appid.clone())
            .collect();
        let in_common = appids.intersection(&self.round.previous).count();
        if self.round.overlaps && in_common == 0 && self.round.stepped_back < count {
            // Step back from where the page should have begun, further each time.
            let further = (self.round.stepped_back * 2).clamp(STEP_BACK, count);
            self.round.stepped_back = further;
            self.position.offset = offset.saturating_sub(further);
            self.end_round_after_max_pages();
            return;
        }
        // WeChat may list fewer merchants than the call asks for.
        let listed = u32::try_from(page.listed).unwrap_or(u32::MAX);
        let passed = if listed == 0 { count } else { listed };
        let end = offset.saturating_add(passed);
        let total = page.total_count;
        let is_last = total.map_or(listed == 0, |total| u64::from(end) >= total);
        // A server that always sends the same page would be asked for ever.
        let is_nothing_new =
            in_common > 0 && in_common == appids.len() && self.round.stepped_back == 0;
        if is_last || is_nothing_new || end == u32::MAX {
            self.begin_again();
            return;
        }
        self.round.overlaps = listed > OVERLAP && !appids.is_empty();
        self.position.offset = if self.round.overlaps {
            end - OVERLAP
        } else {
            end
        };
        self.round.stepped_back = 0;
        self.round.previous = appids;
        self.end_round_after_max_pages();
    }

    fn end_round_after_max_pages(&mut self) {
        if self.round.pages >= MAX_PAGES {
            self.begin_again();
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::string::String;
    use alloc::vec::Vec;

    use serde_json::json;

    use super::{AuthorizerWalk, MAX_PAGES};
    use crate::interface::{AuthorizerList, Decode, MAX_AUTHORIZER_COUNT};
    use crate::response::{Response, TextResponse};

    /// Makes a page with these merchants.
    fn list(total_count: Option<u64>, appids: impl IntoIterator<Item = String>) -> AuthorizerList {
        let list = appids
            .into_iter()
            .map(|appid| json!({"authorizer_appid": appid}));
        let list: Vec<_> = list.collect();
        let body = json!({"total_count": total_count, "list": list}).to_string();
        AuthorizerList::decode(&TextResponse::from(Response::ok(body)).fields().unwrap()).unwrap()
    }

    /// Returns the page of `merchants` that the walk asks for, with at most `count` entries.
    fn page(merchants: &[u32], walk: &AuthorizerWalk, count: u32) -> AuthorizerList {
        let listed = merchants
            .iter()
            .skip(walk.position().offset as usize)
            .take(MAX_AUTHORIZER_COUNT.min(count) as usize)
            .map(|number| format!("wx{number}"));
        list(Some(merchants.len() as u64), listed)
    }

    /// Reads until the walk has come round. Calls `meanwhile` after each page. Returns the
    /// merchants that were read, and the number of pages.
    fn round(
        walk: &mut AuthorizerWalk,
        merchants: &mut Vec<u32>,
        count: u32,
        mut meanwhile: impl FnMut(&mut Vec<u32>),
    ) -> (BTreeSet<String>, u32) {
        let start = walk.position();
        let (mut read, mut pages) = (BTreeSet::new(), 0);
        while !walk.has_come_round(start) {
            let page = page(merchants, walk, count);
            read.extend(
                page.list
                    .iter()
                    .map(|listed| listed.authorizer_appid.clone()),
            );
            walk.read(&page);
            pages += 1;
            meanwhile(merchants);
            assert!(pages < 5 * MAX_PAGES, "it does not end");
        }
        (read, pages)
    }

    fn appids(merchants: impl IntoIterator<Item = u32>) -> BTreeSet<String> {
        let named = |number| format!("wx{number}");
        merchants.into_iter().map(named).collect()
    }

    #[test]
    fn every_merchant_is_read_once_in_a_round() {
        for total in [0, 1, 499, 500, 501, 999, 1000, 20_000] {
            let mut merchants: Vec<_> = (0..total).collect();
            let (read, pages) = round(&mut AuthorizerWalk::default(), &mut merchants, 500, |_| {});
            assert_eq!(read, appids(0..total));
            assert!(pages <= total / 499 + 1, "{total}: {pages}");
        }
    }

    #[test]
    fn no_merchant_is_skipped_after_a_short_page() {
        for count in [1, 2, 3, 100] {
            let mut merchants: Vec<_> = (0..1_200).collect();
            let (read, _) = round(
                &mut AuthorizerWalk::default(),
                &mut merchants,
                count,
                |_| {},
            );
            assert_eq!(read, appids(0..1_200), "{count}");
        }
    }

    #[test]
    fn no_merchant_is_skipped_if_others_leave_meanwhile() {
        for leaving in [1, 7, 60, 400] {
            let mut merchants: Vec<_> = (0..10_000).collect();
            // After each page, merchants in front leave, so the others move forward.
            let (read, _) = round(
                &mut AuthorizerWalk::default(),
                &mut merchants,
                500,
                |merchants| {
                    merchants.drain(..leaving.min(merchants.len()));
                },
            );
            for number in &merchants {
                assert!(read.contains(&format!("wx{number}")), "{leaving}: {number}");
            }
        }
    }

    #[test]
    fn no_merchant_is_skipped_if_others_come_in_front_meanwhile() {
        let mut merchants: Vec<_> = (0..3_000).collect();
        let mut walk = AuthorizerWalk::default();
        // A search that begins in the middle.
        for _ in 0..3 {
            let page = page(&merchants, &walk, 500);
            walk.read(&page);
        }
        let mut next = 100_000;
        let (read, _) = round(&mut walk, &mut merchants, 500, |merchants| {
            for _ in 0..20 {
                merchants.insert(0, next);
                next += 1;
            }
        });
        let missing = appids(0..3_000).difference(&read).count();
        assert_eq!(missing, 0);
    }

    #[test]
    fn a_search_that_begins_in_the_middle_ends_when_the_walk_has_come_round() {
        let mut merchants: Vec<_> = (0..20_000).collect();
        let mut walk = AuthorizerWalk::default();
        for _ in 0..25 {
            let page = page(&merchants, &walk, 500);
            walk.read(&page);
        }
        let start = walk.position();
        assert_eq!(walk.merchants_since(start), 0);
        let (read, pages) = round(&mut walk, &mut merchants, 500, |_| {});
        assert_eq!(read, appids(0..20_000));
        assert!(pages <= 43, "{pages}");
    }

    #[test]
    fn a_round_ends_even_if_the_list_of_a_server_never_ends() {
        let same = list(Some(1_000_000), ["wx1".to_owned(), "wx2".to_owned()]);
        let empty = list(Some(u64::from(u32::MAX) << 20), []);
        let without_total = list(None, []);
        for (page, most) in [(same, 2), (empty, MAX_PAGES), (without_total, 1)] {
            let mut walk = AuthorizerWalk::default();
            let start = walk.position();
            let mut pages = 0;
            while !walk.has_come_round(start) {
                walk.read(&page);
                pages += 1;
                assert!(pages <= most);
            }
            assert_eq!(pages, most);
        }
        // Pages without end that have no merchant in common.
        let mut walk = AuthorizerWalk::default();
        let start = walk.position();
        let mut pages = 0;
        while !walk.has_come_round(start) {
            let others = (0..MAX_AUTHORIZER_COUNT).map(|number| format!("wx{pages}x{number}"));
            walk.read(&list(None, others));
            pages += 1;
            assert!(pages <= MAX_PAGES);
        }
    }
}
