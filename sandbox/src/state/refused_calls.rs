//! The refused calls, which WeChat keeps by their request ids.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Moment;
use crate::refusal::Refusal;

/// How long a call can be asked about.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The greatest number of calls that are kept. The oldest ones are dropped.
const MAX_CALLS: usize = 1000;

/// The greatest number of bytes of a body that is kept.
const MAX_BODY_BYTES: usize = 64 << 10;

/// A refused call. It has the tokens and secrets that were sent, as WeChat's response has them.
#[derive(Clone)]
pub(crate) struct RefusedCall {
    /// The account or platform that may ask about the call, if the sandbox knows it.
    pub(crate) owner: Option<String>,
    pub(crate) at: Moment,
    pub(crate) query: String,
    pub(crate) request_body: String,
    pub(crate) response_body: String,
}

/// There is no `Debug`, because that would show the secrets.
#[derive(Clone, Default)]
pub(crate) struct RefusedCalls(VecDeque<(String, RefusedCall)>);

impl RefusedCalls {
    pub(crate) fn add(&mut self, rid: String, mut call: RefusedCall) {
        let mut end = MAX_BODY_BYTES.min(call.request_body.len());
        while !call.request_body.is_char_boundary(end) {
            end -= 1;
        }
        call.request_body.truncate(end);
        self.0.push_back((rid, call));
        if self.0.len() > MAX_CALLS {
            self.0.pop_front();
        }
    }

    /// Returns the call with this id. An id that is not known, or too old, gets 76001, and one of
    /// another account 76003.
    pub(crate) fn find(
        &self,
        rid: &str,
        owner: Option<&str>,
        now: Moment,
    ) -> Result<&RefusedCall, Refusal> {
        let found = self.0.iter().find(|(known, _)| known == rid);
        let found = found.map(|(_, call)| call);
        let call = found.filter(|call| now.saturating_sub(call.at) <= KEPT_FOR);
        let call = call.ok_or(76001)?;
        if call.owner.is_none() || call.owner.as_deref() != owner {
            return Err(76003.into());
        }
        Ok(call)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BODY_BYTES, MAX_CALLS, Moment, RefusedCall, RefusedCalls};

    #[test]
    fn the_oldest_calls_are_dropped_and_long_bodies_cut() {
        let mut calls = RefusedCalls::default();
        for number in 0..=MAX_CALLS {
            let call = RefusedCall {
                owner: Some("wx1".to_owned()),
                at: Moment::ZERO,
                query: String::new(),
                request_body: format!("a{}", "中".repeat(MAX_BODY_BYTES / 3)),
                response_body: String::new(),
            };
            calls.add(number.to_string(), call);
        }
        let find = |rid| calls.find(rid, Some("wx1"), Moment::ZERO);
        assert_eq!(find("0").map(|_| ()).unwrap_err().errcode, 76001);
        let body = find("1").map(|call| &call.request_body).unwrap();
        assert_eq!(body.len(), MAX_BODY_BYTES);
        assert!(body.ends_with('中'));
    }
}
