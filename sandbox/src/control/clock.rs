use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockForm {
    advance_seconds: Option<f64>,
    frozen: Option<bool>,
}

pub(super) fn get(state: &State) -> Value {
    json!({
        "unix_seconds": state.clock.now().as_secs_f64(),
        "frozen": state.clock.is_frozen(),
    })
}

pub(crate) fn advance(state: &mut State, seconds: f64) -> Result<(), SandboxError> {
    let by = Duration::try_from_secs_f64(seconds).map_err(|_| {
        SandboxError::Invalid(format!(
            "advance_seconds is {seconds}; give a number of seconds, 0 or more: the clock cannot \
             go back"
        ))
    })?;
    state.clock.advance(by);
    Ok(())
}

pub(super) fn set(state: &mut State, form: &ClockForm) -> Result<Value, SandboxError> {
    if let Some(seconds) = form.advance_seconds {
        advance(state, seconds)?;
    }
    if let Some(frozen) = form.frozen {
        state.clock.set_frozen(frozen);
    }
    Ok(get(state))
}
