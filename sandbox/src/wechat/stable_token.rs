//! `stable_token`: returns the same token until its last 5 minutes, then issues the next one. The
//! former token works until it expires.

use std::time::Duration;

use serde_json::Value;

use super::call::Call;
use super::fields::Fields;
use super::token::{authenticate, token_response};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::usage::{Pace, Quota};

/// The shortest time between two uses of `force_refresh`. Within it, `force_refresh` has no effect.
const FORCE_REFRESH_INTERVAL: Duration = Duration::from_secs(30);

/// `force_refresh` issues the next token and kills the former one at once.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let account = authenticate(state, |name| fields.optional_text(name))?;
    let appid = account.appid.as_str();
    let now = state.clock.now();
    let limits = state.limits;
    let pace = Pace {
        per_second: usize::MAX,
        per_minute: limits.stable_token_calls_per_minute,
    };
    let usage = &mut state.usage;
    usage.count_call(Interface::StableToken, appid, now, pace)?;
    let limit = limits.stable_token_calls_per_day;
    usage.consume(Quota::StableTokenCalls, appid, now, limit)?;
    let series = (Interface::StableToken, Holder::account(appid));
    let forced_at = state.tokens.forced_at.get(appid);
    let can_force = forced_at.is_none_or(|at| now >= at.saturating_add(FORCE_REFRESH_INTERVAL));
    let is_forced = fields.flag("force_refresh") && can_force;
    if is_forced {
        let limit = limits.force_refreshes_per_day;
        usage.consume(Quota::ForceRefreshes, appid, now, limit)?;
        state.tokens.forced_at.insert(appid.to_owned(), now);
    } else if let Some(grant) = state.tokens.reuse(&series, account.token_lifetime, now) {
        return Ok(token_response(&grant));
    }
    let end = (is_forced || state.succession.kill_old_at_once).then_some(now);
    let grant = state.issue_next(Interface::StableToken, series, account.token_lifetime, end);
    Ok(token_response(&grant))
}
