use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::rule::{OpenVersion, PermitSubRule, RuleState, SERVICE_ACCOUNT_PREFIX};

/// A rule to be compared with links: its prefix, and what is known of its other fields.
///
/// It serialises to the wire names, with `null` for a field that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Candidate {
    /// The rule's prefix.
    pub prefix: String,
    /// Its state. If the state is not known, the rule counts as published.
    pub state: Option<RuleState>,
    /// The Mini Program page that it opens.
    pub path: Option<String>,
    /// Which build a test link opens. Only in ordinary-link mode.
    pub open_version: Option<OpenVersion>,
    /// The test links. Only in ordinary-link mode.
    pub debug_url: Vec<String>,
    /// Whether it occupies its sub-rules. Only in ordinary-link mode.
    pub permit_sub_rule: Option<PermitSubRule>,
    /// The Mini Program that it opens. Only in service-account mode.
    pub appid: Option<String>,
}

impl Candidate {
    /// Creates a rule with this prefix, of which nothing else is known.
    #[must_use]
    pub fn new(prefix: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            ..Self::default()
        }
    }

    /// Sets the state.
    #[must_use]
    pub fn state(mut self, state: RuleState) -> Self {
        self.state = Some(state);
        self
    }

    /// Sets the page.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the test links, and the build that they open.
    #[must_use]
    pub fn test_links<T: Into<String>>(
        mut self,
        open_version: OpenVersion,
        debug_url: impl IntoIterator<Item = T>,
    ) -> Self {
        self.open_version = Some(open_version);
        self.debug_url = debug_url.into_iter().map(T::into).collect();
        self
    }

    /// Whether a link that hits this rule opens the Mini Program for everybody.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        self.state.is_none_or(|state| state == RuleState::Published)
    }

    /// Whether the rule is of service-account mode: it has an `appid`, or the prefix of a service
    /// account's parametric QR code.
    #[must_use]
    pub fn is_service_account(&self) -> bool {
        self.appid.is_some() || self.prefix.starts_with(SERVICE_ACCOUNT_PREFIX)
    }
}
