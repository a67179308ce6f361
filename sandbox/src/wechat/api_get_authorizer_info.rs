//! `api_get_authorizer_info`: what WeChat says about a merchant, and what it has granted.

use serde::Serialize;
use serde_json::{Value, json};

use super::admission::admit_platform;
use super::api_query_auth::func_info;
use super::call::Call;
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;

#[derive(Serialize)]
struct Granted<'a> {
    authorizer_appid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer_refresh_token: Option<&'a str>,
    func_info: Value,
}

/// If the merchant has not authorised the platform, the result is 61003.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, fields) = admit_platform(state, call)?;
    let appid = fields.optional_text("authorizer_appid")?.ok_or(40013)?;
    let info = describe(state.accounts.get(appid).ok_or(40013)?);
    let authorization = state.merchant_mut(&component_appid, appid).ok_or(61003)?;
    let granted = Granted {
        authorizer_appid: appid,
        authorizer_refresh_token: authorization.shown_refresh_token(),
        func_info: func_info(authorization),
    };
    Ok(json!({ "authorizer_info": info, "authorization_info": granted }))
}

/// Returns the `authorizer_info` of an account. A personal one has no field that says so, only the
/// name `个人`.
fn describe(account: &Account) -> Value {
    let service_type = match account.kind {
        AccountKind::MiniProgram => 0,
        AccountKind::ServiceAccount => 2,
    };
    let principal_name = if account.personal {
        "个人"
    } else {
        "Sandbox Ltd."
    };
    let id = account.appid.strip_prefix("wx").unwrap_or(&account.appid);
    let mut info = json!({
        "nick_name": account.nickname,
        "service_type_info": {"id": service_type},
        "verify_type_info": {"id": account.verify_type},
        "user_name": format!("gh_{id}"),
        "alias": "",
        "principal_name": principal_name,
        "signature": "",
        "account_status": account.account_status,
    });
    if let (AccountKind::MiniProgram, Value::Object(fields)) = (account.kind, &mut info) {
        let own = json!({"network": {}, "categories": [], "visit_status": 0});
        fields.insert("MiniProgramInfo".to_owned(), own);
        fields.insert("register_type".to_owned(), json!(0));
    }
    info
}
