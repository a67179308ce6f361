//! Every rule is listed once, even if rules are added and deleted meanwhile.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its functions too"
)]

use std::collections::HashSet;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::{Error, OwnCode};
use jumpqr_core::interface::{GetJumpQRCode, Interface, JumpQRCodeList};
use jumpqr_core::listing::Listing;
use jumpqr_core::response::Response;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const APPID: &str = "wx1234567890abcdef";

/// How WeChat answers if the list is long.
#[derive(Debug, Clone, Copy)]
enum Long {
    /// The snapshot has the latest rules only.
    Cut,
    /// The snapshot is larger than the body limit.
    TooLarge,
}

/// An account whose rules change between two requests.
struct Account {
    rules: Vec<u32>,
    /// The most rules in a snapshot.
    latest: usize,
    long: Long,
    has_total: bool,
    max_page: usize,
    requests: usize,
}

impl Account {
    fn new(count: u32) -> Self {
        Self {
            rules: (0..count).collect(),
            latest: 10_000,
            long: Long::Cut,
            has_total: true,
            max_page: 200,
            requests: 0,
        }
    }

    fn respond(&mut self, call: &GetJumpQRCode) -> Result<JumpQRCodeList, Error> {
        self.requests += 1;
        assert!(call.check().is_valid(), "{call:?}");
        let rules: Vec<u32> = match call {
            GetJumpQRCode::Latest { .. } => {
                if self.rules.len() > self.latest && matches!(self.long, Long::TooLarge) {
                    return Err(Error::new(OwnCode::BodyTooLarge, "staged"));
                }
                self.rules.iter().copied().take(self.latest).collect()
            }
            GetJumpQRCode::ByPage {
                page_num,
                page_size,
                ..
            } => {
                let (num, size) = (*page_num as usize, (*page_size as usize).min(self.max_page));
                let rules = self.rules.iter().copied();
                rules.skip((num - 1) * size).take(size).collect()
            }
            other => panic!("{other:?}"),
        };
        let rules: Vec<Value> = rules
            .into_iter()
            .map(|number| json!({"prefix": number.to_string()}))
            .collect();
        let total = self.has_total.then_some(self.rules.len());
        Ok(list(&rules, total))
    }
}

fn list(rules: &[Value], total: Option<usize>) -> JumpQRCodeList {
    let mut body = json!({"errcode": 0, "rule_list": rules});
    if let Some(total) = total {
        body["total_count"] = total.into();
    }
    let now = Duration::ZERO;
    let mut call = Call::new(GetJumpQRCode::OrdinaryLink, Policy::default(), now).unwrap();
    loop {
        match call.step(now) {
            Step::Reserve { .. } => call.slot(now, Some(now)),
            Step::GetToken { .. } => call.token(now, Ok(Some(Secret::new("T")))),
            Step::Send(_) => call.response(now, Ok(Response::ok(body.to_string()))),
            Step::Wait { until } => panic!("it waits until {until:?}"),
            Step::Done(list) => return list.unwrap(),
        }
    }
}

/// Lists all rules. `change` is called after each response, with the rules that were new in it.
fn list_all(account: &mut Account, mut change: impl FnMut(&mut Account, &[u32])) -> Vec<u32> {
    let mut listing = Listing::service_account(APPID);
    let mut listed = Vec::new();
    while let Some(call) = listing.next_call() {
        assert!(account.requests < 2_000, "it does not end");
        let rules = match account.respond(&call) {
            Ok(list) => listing.read(list),
            Err(error) => {
                assert!(listing.recover(&error));
                Vec::new()
            }
        };
        let numbers: Vec<u32> = rules
            .iter()
            .map(|rule| rule.prefix.parse().unwrap())
            .collect();
        change(account, &numbers);
        listed.extend(numbers);
    }
    listed
}

#[test]
fn ten_thousand_rules_are_one_snapshot() {
    let mut account = Account::new(10_000);
    let listed = list_all(&mut account, |account, listed| {
        account.rules.retain(|rule| !listed.contains(rule));
    });
    assert_eq!(listed.len(), 10_000);
    assert_eq!(account.requests, 1);
}

#[test]
fn a_snapshot_without_a_total_is_complete_unless_it_is_full() {
    let mut account = Account::new(9_999);
    account.has_total = false;
    assert_eq!(list_all(&mut account, |_, _| {}).len(), 9_999);
    assert_eq!(account.requests, 1);
    let mut account = Account::new(10_001);
    account.has_total = false;
    assert_eq!(list_all(&mut account, |_, _| {}).len(), 10_001);
}

#[test]
fn more_rules_are_listed_in_pages_with_a_small_overlap() {
    let mut account = Account::new(20_000);
    assert_eq!(list_all(&mut account, |_, _| {}).len(), 20_000);
    assert!(account.requests <= 112, "{}", account.requests);
}

#[test]
fn deleting_each_rule_as_it_is_listed_skips_no_other() {
    for (long, count) in [(Long::Cut, 600), (Long::TooLarge, 600), (Long::Cut, 15_000)] {
        let mut account = Account::new(count);
        account.long = long;
        account.latest = 500;
        let listed = list_all(&mut account, |account, listed| {
            let listed: HashSet<_> = listed.iter().collect();
            account.rules.retain(|rule| !listed.contains(rule));
        });
        assert_eq!(listed.len(), count as usize, "{long:?}");
        assert!(account.rules.is_empty());
    }
}

#[test]
fn a_listing_ends_if_the_server_repeats_a_page() {
    for total in [None, Some(1_000_000)] {
        let page: Vec<_> = (0..200)
            .map(|number| json!({"prefix": number.to_string()}))
            .collect();
        let mut listing = Listing::service_account(APPID);
        let mut requests = 0;
        let mut listed = 0;
        while listing.next_call().is_some() {
            requests += 1;
            assert!(requests < 20, "it does not end");
            let list = list(&page, total);
            listed += listing.read(list).len();
        }
        assert_eq!(listed, 200);
    }
}

#[test]
fn a_listing_ends_if_the_order_changes_with_each_page() {
    let mut account = Account::new(5_000);
    account.latest = 100;
    let listed = list_all(&mut account, |account, _| account.rules.reverse());
    let distinct: HashSet<_> = listed.iter().collect();
    assert_eq!(listed.len(), distinct.len());
}

#[test]
fn pages_smaller_than_asked_for_are_listed_completely() {
    let mut account = Account::new(950);
    (account.latest, account.max_page) = (500, 50);
    assert_eq!(list_all(&mut account, |_, _| {}).len(), 950);
}

#[test]
fn rules_that_are_added_as_fast_as_pages_are_read_hide_no_other() {
    let mut account = Account::new(1_000);
    account.latest = 100;
    let mut next = 1_000;
    // Each time as many as shift exactly the known rules to the next page.
    let mut added = [0, 199, 197, 195, 193].into_iter();
    let listed = list_all(&mut account, |account, _| {
        let new = next..next + added.next().unwrap_or(0);
        next = new.end;
        account.rules.splice(0..0, new);
    });
    let distinct: HashSet<_> = listed.iter().copied().collect();
    assert!((0..1_000).all(|rule| distinct.contains(&rule)));
}

#[test]
fn an_error_ends_the_listing() {
    let mut listing = Listing::service_account(APPID);
    assert!(!listing.recover(&Error::from_answer(48001, "")));
    assert!(listing.next_call().is_none());
}

/// A change of the account after a page.
#[derive(Debug, Clone)]
struct Change {
    /// The share of the rules on the page that are deleted, in thousandths.
    deletes_listed: u32,
    /// The positions at which other rules are deleted, in thousandths of the list.
    deletes: Vec<usize>,
    adds_at_the_front: u32,
    adds_at_the_end: u32,
    adds_at: Vec<usize>,
}

fn any_change() -> impl Strategy<Value = Change> {
    let few = || prop_oneof![4 => Just(0_u32), 1 => 0_u32..300];
    let positions = || vec(0_usize..1_000, 0..20);
    (
        prop_oneof![Just(0_u32), Just(1_000), 0_u32..1_000],
        positions(),
        few(),
        few(),
        positions(),
    )
        .prop_map(|(deletes_listed, deletes, front, end, adds_at)| Change {
            deletes_listed,
            deletes,
            adds_at_the_front: front,
            adds_at_the_end: end,
            adds_at,
        })
}

fn apply(change: &Change, rules: &mut Vec<u32>, next: &mut u32, listed: &[u32]) {
    let deleted: HashSet<_> = listed
        .iter()
        .filter(|number| (**number * 7919) % 1_000 < change.deletes_listed)
        .collect();
    rules.retain(|rule| !deleted.contains(rule));
    for position in &change.deletes {
        if !rules.is_empty() {
            rules.remove(position * rules.len() / 1_000);
        }
    }
    let mut new = || {
        *next += 1;
        *next
    };
    for position in &change.adds_at {
        let at = position * rules.len() / 1_000;
        rules.insert(at, new());
    }
    for _ in 0..change.adds_at_the_front {
        rules.insert(0, new());
    }
    for _ in 0..change.adds_at_the_end {
        rules.push(new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_rule_that_exists_all_the_time_is_listed_once(
        count in 0_u32..2_500,
        is_cut in any::<bool>(),
        changes in vec(any_change(), 1..30),
    ) {
        let mut account = Account::new(count);
        account.latest = 100;
        account.long = if is_cut { Long::Cut } else { Long::TooLarge };
        let mut next = count;
        let mut changes = changes.into_iter();
        let listed = list_all(&mut account, |account, listed| {
            if let Some(change) = changes.next() {
                apply(&change, &mut account.rules, &mut next, listed);
            }
        });
        let distinct: HashSet<u32> = listed.iter().copied().collect();
        prop_assert_eq!(distinct.len(), listed.len(), "one was listed twice");
        for rule in account.rules.iter().filter(|rule| **rule < count) {
            prop_assert!(distinct.contains(rule), "{} of {} was skipped", rule, count);
        }
    }
}
