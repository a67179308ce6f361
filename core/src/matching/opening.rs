//! Judges what a scanned link opens: for everybody, and for the Mini Program's testers.

use alloc::vec::Vec;

use serde::Serialize;

use super::{Candidate, Mismatch};
use crate::named;
use crate::rule::OpenVersion;

/// What is known of the account that has the rules. `None` is not known, and counts as no obstacle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Account {
    /// Whether opening by QR code is switched on: `qrcodejump_open` in the response of
    /// getJumpQRCode.
    pub qrcodejump_open: Option<bool>,
    /// Whether the Mini Program has released code. If it has none, publishJumpQRCode gets 85074. So
    /// it has some if any of its rules is published.
    pub is_released: Option<bool>,
}

named! {
    /// Why a scanned link does not open the Mini Program for everybody.
    #[non_exhaustive]
    pub enum Obstacle {
        /// The scanned text is not a link.
        NotALink = "not_a_link" => Mismatch::LinkNotALink.message(),
        /// No rule covers the link.
        NoRule = "no_rule" =>
            "no rule covers the link; \
             add a rule that covers it, or print a link that a rule covers",
        /// The rule that the link hits is not published.
        NotPublished = "not_published" =>
            "the most specific rule that covers the link is not published; publish it",
        /// The Mini Program has no released code.
        NotReleased = "not_released" =>
            "the Mini Program has no released code; release it, then publish the rule",
        /// Opening by QR code is switched off for the account.
        SwitchedOff = "switched_off" =>
            "opening by QR code is switched off for the account (qrcodejump_open is 0); \
             switch it on (开启) on the console's page with the rules",
    }

    /// Returns what happened and what to do.
    pub message -> &'static str
}

/// What a scanned link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkMatch<'a> {
    /// The most specific rule that covers the link.
    pub hit: Option<&'a Candidate>,
    /// The published rule that is shadowed by the unpublished, more specific [`hit`](Self::hit).
    /// Without the hit, it would open the Mini Program.
    pub shadowed: Option<&'a Candidate>,
    /// Why the link does not open the Mini Program for everybody. What concerns the link comes
    /// first, then what concerns all links of the account. Empty if the link opens.
    pub obstacles: Vec<Obstacle>,
    /// Whether the link is one of the hit's test links.
    pub is_test_link: bool,
}

impl<'a> LinkMatch<'a> {
    /// Judges a link that is covered by `hit`, the most specific of all rules that cover it.
    pub(super) fn of_rule(
        link: &str,
        hit: &'a Candidate,
        shadowed: Option<&'a Candidate>,
        account: Account,
    ) -> Self {
        let mut obstacles = Vec::new();
        if !hit.is_effective() {
            obstacles.push(Obstacle::NotPublished);
        }
        add_obstacles_of_account(&mut obstacles, account);
        Self {
            hit: Some(hit),
            shadowed,
            obstacles,
            is_test_link: hit.debug_url.iter().any(|test_link| test_link == link),
        }
    }

    /// Judges a text that no rule covers, because of `reason`.
    pub(super) fn without_rule(reason: Obstacle, account: Account) -> Self {
        let mut obstacles = Vec::from([reason]);
        add_obstacles_of_account(&mut obstacles, account);
        Self {
            hit: None,
            shadowed: None,
            obstacles,
            is_test_link: false,
        }
    }

    /// Whether the link opens the Mini Program for everybody.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// Whether the link opens the Mini Program for its developers and testers: because it opens for
    /// everybody, or because it is a test link of the rule that it hits. Which testers that are
    /// depends on the [build](Self::test_version).
    #[must_use]
    pub fn opens_for_testers(&self) -> bool {
        let stops_testers = |obstacle: &Obstacle| match obstacle {
            Obstacle::NotPublished => false,
            Obstacle::NotReleased => self.test_version() == Some(OpenVersion::Released),
            Obstacle::NotALink | Obstacle::NoRule | Obstacle::SwitchedOff => true,
        };
        self.opens() || self.is_test_link && !self.obstacles.iter().any(stops_testers)
    }

    /// Returns the build that a test link opens for developers and testers. `None` if the link is
    /// not a test link of the rule that it hits.
    #[must_use]
    pub fn test_version(&self) -> Option<OpenVersion> {
        self.hit.filter(|_| self.is_test_link)?.open_version
    }

    /// Returns the page of the rule that the link hits, if it is known.
    #[must_use]
    pub fn path(&self) -> Option<&'a str> {
        self.hit?.path.as_deref()
    }
}

fn add_obstacles_of_account(obstacles: &mut Vec<Obstacle>, account: Account) {
    if account.is_released == Some(false) {
        obstacles.push(Obstacle::NotReleased);
    }
    if account.qrcodejump_open == Some(false) {
        obstacles.push(Obstacle::SwitchedOff);
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, Obstacle};
    use crate::matching::{Candidate, RuleSet};
    use crate::rule::{OpenVersion, RuleState};

    const TEST_LINK: &str = "https://m.example.cn/table/1";
    const OTHER_LINK: &str = "https://m.example.cn/table/2";

    fn rules(state: RuleState, version: OpenVersion, account: Account) -> RuleSet {
        let rule = Candidate::new("https://m.example.cn/table/")
            .state(state)
            .path("pages/table")
            .test_links(version, [TEST_LINK]);
        RuleSet::new([rule]).with_account(account)
    }

    const OPEN: Account = Account {
        qrcodejump_open: Some(true),
        is_released: Some(true),
    };
    const SWITCHED_OFF: Account = Account {
        qrcodejump_open: Some(false),
        ..OPEN
    };
    const NOT_RELEASED: Account = Account {
        is_released: Some(false),
        ..OPEN
    };

    #[test]
    fn a_published_rule_opens_for_everybody() {
        for account in [OPEN, Account::default()] {
            let rules = rules(RuleState::Published, OpenVersion::Trial, account);
            let found = rules.match_url(OTHER_LINK);
            assert!(found.opens() && found.opens_for_testers());
            assert_eq!(found.obstacles, []);
            assert_eq!(found.path(), Some("pages/table"));
            assert_eq!(found.test_version(), None);
        }
    }

    #[test]
    fn a_test_link_of_a_published_rule_opens_its_build_for_testers() {
        let rules = rules(RuleState::Published, OpenVersion::Trial, OPEN);
        let found = rules.match_url(TEST_LINK);
        assert!(found.opens() && found.opens_for_testers());
        assert_eq!(found.test_version(), Some(OpenVersion::Trial));
    }

    #[test]
    fn before_the_rule_is_published_only_a_test_link_opens_and_only_for_testers() {
        for version in OpenVersion::ALL {
            let rules = rules(RuleState::Unpublished, *version, OPEN);
            let found = rules.match_url(TEST_LINK);
            assert_eq!(found.obstacles, [Obstacle::NotPublished]);
            assert!(!found.opens() && found.opens_for_testers());
            assert_eq!(found.test_version(), Some(*version));
            let found = rules.match_url(OTHER_LINK);
            assert!(!found.opens() && !found.opens_for_testers());
            assert_eq!(found.test_version(), None);
        }
    }

    #[test]
    fn without_released_code_testers_see_the_other_builds() {
        for (version, opens) in [
            (OpenVersion::Development, true),
            (OpenVersion::Trial, true),
            (OpenVersion::Released, false),
        ] {
            let rules = rules(RuleState::Unpublished, version, NOT_RELEASED);
            let found = rules.match_url(TEST_LINK);
            let expected = [Obstacle::NotPublished, Obstacle::NotReleased];
            assert_eq!(found.obstacles, expected);
            assert_eq!(found.opens_for_testers(), opens, "{version}");
        }
    }

    #[test]
    fn an_account_that_is_switched_off_opens_nothing() {
        for state in RuleState::ALL {
            let rules = rules(*state, OpenVersion::Trial, SWITCHED_OFF);
            let found = rules.match_url(TEST_LINK);
            assert!(!found.opens() && !found.opens_for_testers());
            assert_eq!(found.obstacles.last(), Some(&Obstacle::SwitchedOff));
        }
    }

    #[test]
    fn the_obstacle_of_the_link_comes_before_those_of_the_account() {
        let rules = rules(RuleState::Published, OpenVersion::Trial, SWITCHED_OFF);
        for (link, first) in [
            ("https://m.example.cn/bike/1", Obstacle::NoRule),
            ("table 1", Obstacle::NotALink),
        ] {
            let found = rules.match_url(link);
            assert_eq!(found.hit, None);
            assert_eq!(found.obstacles, [first, Obstacle::SwitchedOff]);
        }
    }

    #[test]
    fn a_published_rule_proves_that_the_mini_program_is_released() {
        let unknown = Account::default();
        let [unpublished, published] = [RuleState::Unpublished, RuleState::Published]
            .map(|state| rules(state, OpenVersion::Trial, unknown).account());
        assert_eq!(unpublished.is_released, None);
        assert_eq!(published.is_released, Some(true));
        assert_eq!(
            rules(RuleState::Published, OpenVersion::Trial, NOT_RELEASED).account(),
            NOT_RELEASED
        );
    }
}
