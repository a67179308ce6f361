//! The token of the platform, with which it asks about its merchants.

use super::Call;
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;

/// The platform's token, in the field of the newer pages or in that of the older ones.
pub(crate) fn component_access_token(call: &Call) -> Option<&str> {
    call.query("access_token")
        .or_else(|| call.query("component_access_token"))
}

/// The platform whose token it is, if the body says the same; and the body.
pub(super) fn asking_platform(state: &State, call: &Call) -> Result<(String, Fields), Refusal> {
    let now = state.clock.now();
    let token = component_access_token(call).ok_or_else(|| Refusal::new(41001))?;
    let Holder::Platform { component_appid } = state.tokens.holder(token, now)? else {
        return Err(Refusal::new(61014));
    };
    let fields = Fields::parse(&call.body)?;
    if fields.optional_text("component_appid")? == Some(component_appid) {
        Ok((component_appid.clone(), fields))
    } else {
        Err(Refusal::new(40013))
    }
}
