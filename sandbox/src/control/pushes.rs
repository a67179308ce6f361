//! The pushes to platforms: what was answered, and orders.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::push_order::PushOrder;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderForm {
    order: PushOrder,
    authorizer_appid: Option<String>,
}

pub(super) fn get(state: &State) -> Value {
    json!({
        "pending": state.pushes.pending(),
        "pushes": state.pushes.recorded,
    })
}

pub(super) fn order(
    state: &mut State,
    component_appid: &str,
    form: &OrderForm,
) -> Result<(), SandboxError> {
    state.order_push(
        component_appid,
        form.order,
        form.authorizer_appid.as_deref(),
    )
}
