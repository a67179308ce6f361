//! What the call machine must know about a change: the look-up before it, and the read-back.

use super::{Confirmation, Decode, GetJumpQRCode, Interface, JumpQRCodeList, ListedRule, Presence};
use crate::error::{READ_BACK_FIRST, Result};
use crate::request::Request;
use crate::response::Fields;
use crate::rule::RuleKey;

/// Whether a change is applied, as far as the read-back tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Yes,
    No,
    Unclear,
}

/// A change whose outcome can be read back.
pub(crate) trait Write {
    /// The rule to look up before the change is sent. `None` if nothing is looked up.
    fn rule_to_look_up(&self) -> Option<&RuleKey> {
        None
    }

    /// Decides what the looked-up rule means for the change. `None` if the rule does not exist.
    fn look_up(&self, _rule: Option<&ListedRule>) -> RuleLookUp {
        RuleLookUp::Needed
    }

    /// Returns the request that reads the change back.
    fn read_back(&self) -> Result<Request>;

    /// Finds out from the response to [`read_back`](Self::read_back) whether the change is applied.
    fn check_applied(&self, response: &Fields<'_>) -> Result<Applied>;

    /// Returns what to do if it is not known whether the change is applied.
    fn advise_if_unknown(&self) -> &'static str {
        READ_BACK_FIRST
    }
}

/// What a looked-up rule means for a change.
pub(crate) enum RuleLookUp {
    /// The change must be sent.
    Needed,
    /// The change need not be sent.
    Already(Confirmation),
    /// The change needs a rule, which does not exist.
    NoSuchRule,
}

/// A call that changes something: how it is looked up first, and how its outcome is read back.
pub struct Change<'a, Response> {
    pub(crate) write: &'a dyn Write,
    respond: fn(Confirmation) -> Response,
}

impl<'a> Change<'a, Confirmation> {
    pub(super) fn new(write: &'a dyn Write) -> Self {
        Self {
            write,
            respond: |confirmation| confirmation,
        }
    }
}

impl<Response> Change<'_, Response> {
    /// Returns the request that looks the rule up before the change is sent. `None` if nothing is
    /// looked up.
    #[must_use]
    pub fn look_up_request(&self) -> Option<Result<Request>> {
        let key = self.write.rule_to_look_up()?;
        Some(GetJumpQRCode::to_look_up(key)?.request())
    }

    /// Decides from the response to [`look_up_request`](Self::look_up_request) whether the change
    /// need not be sent, and what the response of the call is then. `None` if it must be sent: the
    /// list may also leave it unclear whether the rule exists. If the change cannot succeed, the
    /// error says why.
    pub(crate) fn look_up(&self, response: &Fields<'_>) -> Result<Option<Response>> {
        let (Some(key), Ok(list)) = (
            self.write.rule_to_look_up(),
            JumpQRCodeList::decode(response),
        ) else {
            return Ok(None);
        };
        let rule = match list.presence(key) {
            Presence::Listed(rule) => Some(rule),
            Presence::NotListed => None,
            Presence::Unclear => return Ok(None),
        };
        match self.write.look_up(rule) {
            RuleLookUp::Needed => Ok(None),
            RuleLookUp::Already(confirmation) => Ok(Some((self.respond)(confirmation))),
            RuleLookUp::NoSuchRule => Err(list.no_such_rule(&key.prefix)),
        }
    }

    /// Returns the response of a change that was read back and is applied.
    pub(crate) fn confirmation_response(&self) -> Response {
        (self.respond)(Confirmation::ReadBack)
    }
}
