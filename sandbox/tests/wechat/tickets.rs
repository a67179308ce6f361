//! The tickets that are pushed to a platform.

use std::time::Duration;

use crate::caller::{Caller, errcode};
use crate::platform_caller::{ask_component, component_request, text, ticket};

fn advance(caller: &Caller, seconds: u64) {
    caller.sandbox.advance(Duration::from_secs(seconds));
}

#[test]
fn there_is_a_push_every_10_minutes_and_a_ticket_is_valid_for_12_hours() {
    let caller = Caller::new();
    let first = ticket(&caller);
    advance(&caller, 599);
    assert_eq!(ticket(&caller), first);
    advance(&caller, 1);
    assert_eq!(ticket(&caller), first, "the same ticket again");
    advance(&caller, 600);
    let second = ticket(&caller);
    assert_ne!(second, first);
    advance(&caller, 12 * 3600 - 601);
    let first = component_request(&first);
    text(&ask_component(&caller, &first), "component_access_token");
    advance(&caller, 1);
    assert_eq!(errcode(&ask_component(&caller, &first)), 61005);
    text(
        &ask_component(&caller, &component_request(&second)),
        "component_access_token",
    );
}
