use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{ListedAuthorizer, parse_raw_call};
use jumpqr_core::mapping::{parse_authorization_link, parse_texts};
use jumpqr_core::readiness::Mode;
use serde_json::Value;

use super::call::to_value;
use crate::platform::{Merchants, Platform};

/// Calls the method of a platform with this name. `arguments` are a mapping with the names of the
/// parameters; those of `authorization_url` are the fields of the link, and those of `call_raw` are
/// in [`parse_raw_call`].
///
/// The result is the serialised result of the typed method.
pub fn call_platform(platform: &Platform, method: &str, arguments: &Value) -> Result<Value> {
    match method {
        "authorization_url" => {
            let link = parse_authorization_link(arguments)?;
            to_value(platform.authorization_url(&link)?)
        }
        "authorizer_info" => {
            let [appid] = parse_texts(arguments, ["authorizer_appid"])?;
            to_value(platform.authorizer_info(&appid)?)
        }
        "call_raw" => to_value(platform.call_raw(parse_raw_call(arguments)?)?),
        "component_access_token" => {
            let [] = parse_texts(arguments, [])?;
            to_value(platform.component_access_token()?.expose())
        }
        "exchange" => {
            let [code] = parse_texts(arguments, ["authorization_code"])?;
            to_value(platform.exchange(code)?)
        }
        "forget" => {
            let [appid] = parse_texts(arguments, ["authorizer_appid"])?;
            to_value(platform.forget(&appid)?)
        }
        "readiness" => {
            let [appid, mode] = parse_texts(arguments, ["authorizer_appid", "mode"])?;
            to_value(platform.readiness(&appid, Mode::from_name(&mode)?)?)
        }
        "set_authorizer_refresh_token" => {
            let names = ["authorizer_appid", "authorizer_refresh_token"];
            let [appid, token] = parse_texts(arguments, names)?;
            to_value(platform.set_authorizer_refresh_token(&appid, token)?)
        }
        "set_verify_ticket" => {
            let [ticket] = parse_texts(arguments, ["component_verify_ticket"])?;
            to_value(platform.set_verify_ticket(ticket)?)
        }
        "start_push_ticket" => {
            let [] = parse_texts(arguments, [])?;
            to_value(platform.start_push_ticket()?)
        }
        "token_status" => {
            let [] = parse_texts(arguments, [])?;
            to_value(platform.token_status()?)
        }
        _ => Err(Error::new(
            OwnCode::Internal,
            format!("a platform has no method {method:?}"),
        )),
    }
}

/// Returns the merchants of the next page who were not returned yet; `None` if there are no more.
/// It has waited this long for a free thread.
pub fn next_merchants(
    merchants: &mut Merchants,
    waited: Duration,
) -> Result<Option<Vec<ListedAuthorizer>>> {
    merchants.platform.waited = waited;
    merchants.next_page()
}
