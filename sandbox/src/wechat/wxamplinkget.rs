use serde_json::{Value, json};

use crate::account::Account;
use crate::state::{State, links};

pub(super) fn respond(state: &State, account: &Account) -> Value {
    let items: Vec<Value> = state
        .links
        .all()
        .filter(|(service_account, ..)| *service_account == account.appid)
        .map(|(_, appid, status)| {
            let app = state.accounts.get(appid);
            json!({
                "appid": appid,
                "status": links::status_number(status),
                "nickname": app.map(|app| &app.nickname),
                "released": app.map(|app| u8::from(app.released)),
            })
        })
        .collect();
    json!({ "wxopens": { "items": items } })
}
