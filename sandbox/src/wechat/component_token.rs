//! The platform's token in calls about its merchants.

use super::Call;
use super::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;

/// Returns the platform's token. WeChat's newer and older pages have different names for the query
/// field.
pub(super) fn component_access_token(call: &Call) -> Option<&str> {
    call.query("access_token")
        .or_else(|| call.query("component_access_token"))
}

/// Returns the platform of the token and the fields of the body. If the body names another
/// platform, the result is 40013.
pub(super) fn authenticate_platform(
    state: &State,
    call: &Call,
) -> Result<(String, Fields), Refusal> {
    let now = state.clock.now();
    let token = component_access_token(call).ok_or_else(|| Refusal::new(41001))?;
    let Holder::Platform { component_appid } = state.tokens.holder_of_valid(token, now)? else {
        return Err(Refusal::new(61014));
    };
    let fields = Fields::parse(&call.body)?;
    if fields.optional_text("component_appid")? == Some(component_appid) {
        Ok((component_appid.clone(), fields))
    } else {
        Err(Refusal::new(40013))
    }
}
