//! `getJumpQRCode`: lists rules.

use jumpqr_core::interface::{MAX_PAGE_SIZE, MAX_PREFIX_LIST};
use serde_json::{Value, json};

use super::admission::{admit, check_mode, find_linked_mini_program};
use super::call::Call;
use super::fields::{Fields, INVALID_ARGS};
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::rules::StoredRule;
use crate::state::usage::Quota;

/// The number of rules that `get_type` 0 lists. Source: the official page of getJumpQRCode.
const LATEST: usize = 10_000;

/// A Mini Program gets all its rules. A service account gets the rules for one Mini Program that
/// `get_type` asks for; nothing limits how often it publishes.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (account, fields) = admit(state, call)?;
    check_mode(&account, &fields)?;
    let appid = find_linked_mini_program(state, &account, &fields)?;
    let rules = state.rules.list(&account.appid);
    let rules: Vec<_> = rules
        .filter(|rule| rule.appid() == appid.as_deref())
        .collect();
    let total_count = rules.len();
    let (listed, published) = if appid.is_some() {
        (select(rules, &fields)?, 0)
    } else {
        let now = state.clock.now();
        (
            rules,
            state.usage.used(Quota::Publishes, &account.appid, now),
        )
    };
    let list_size = listed.len();
    let mut rule_list = json!(listed);
    for rule in rule_list.as_array_mut().into_iter().flatten() {
        if let Value::Object(fields) = rule {
            fields.remove("appid");
        }
    }
    Ok(json!({
        "rule_list": rule_list,
        "list_size": list_size,
        "total_count": total_count,
        "qrcodejump_open": u8::from(account.qrcodejump_open),
        "qrcodejump_pub_quota": state.limits.publishes_per_month.saturating_sub(published),
    }))
}

/// Selects the rules that `get_type` asks for, in the order of adding.
fn select<'a>(all: Vec<&'a StoredRule>, fields: &Fields) -> Result<Vec<&'a StoredRule>, Refusal> {
    match fields.number("get_type")?.unwrap_or(0) {
        0 => {
            let older = all.len().saturating_sub(LATEST);
            Ok(all.into_iter().skip(older).collect())
        }
        1 => {
            let wanted = fields.texts("prefix_list")?.ok_or(INVALID_ARGS)?;
            if wanted.is_empty() || wanted.len() > MAX_PREFIX_LIST {
                return Err(INVALID_ARGS.into());
            }
            let selected = all.into_iter().filter(|rule| wanted.contains(&rule.prefix));
            Ok(selected.collect())
        }
        2 => {
            let page_num = fields.size("page_num", 1, usize::MAX)?;
            let page_size = fields.size("page_size", 1, MAX_PAGE_SIZE as usize)?;
            let before = (page_num - 1).saturating_mul(page_size);
            Ok(all.into_iter().skip(before).take(page_size).collect())
        }
        _ => Err(INVALID_ARGS.into()),
    }
}
