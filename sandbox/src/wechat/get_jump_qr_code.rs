use jumpqr_core::interface::{MAX_PAGE_SIZE, MAX_PREFIX_LIST};
use serde_json::{Value, json};

use super::fields::{Fields, invalid_args};
use super::mode::{check_mode, find_linked_mini_program};
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::rules::StoredRule;

/// The number of rules that `get_type` 0 lists. Source: the official page of getJumpQRCode.
const LATEST: usize = 10_000;

pub(super) fn respond(state: &State, account: &Account, fields: &Fields) -> Result<Value, Refusal> {
    let mut published = 0;
    let (listed, total_count) = match check_mode(account, fields)? {
        AccountKind::MiniProgram => {
            published = state.rules.publish_count(&account.appid, state.clock.now());
            let listed: Vec<_> = state.rules.list(&account.appid).collect();
            let total_count = listed.len();
            (listed, total_count)
        }
        AccountKind::ServiceAccount => {
            let appid = &find_linked_mini_program(state, account, fields)?.appid;
            let all: Vec<_> = state
                .rules
                .list(&account.appid)
                .filter(|rule| rule.appid() == Some(appid))
                .collect();
            let total_count = all.len();
            (select(all, fields)?, total_count)
        }
    };
    Ok(json!({
        "rule_list": listed,
        "list_size": listed.len(),
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
            let wanted = fields.texts("prefix_list")?.ok_or_else(invalid_args)?;
            if wanted.is_empty() || wanted.len() > MAX_PREFIX_LIST {
                return Err(invalid_args());
            }
            Ok(all
                .into_iter()
                .filter(|rule| wanted.contains(&rule.prefix))
                .collect())
        }
        2 => {
            let page_num = positive_number(fields, "page_num")?;
            let page_size = positive_number(fields, "page_size")?;
            if u32::try_from(page_size).is_ok_and(|size| size <= MAX_PAGE_SIZE) {
                let before = (page_num - 1).saturating_mul(page_size);
                Ok(all.into_iter().skip(before).take(page_size).collect())
            } else {
                Err(invalid_args())
            }
        }
        _ => Err(invalid_args()),
    }
}

/// Returns a number of 1 or more.
fn positive_number(fields: &Fields, name: &str) -> Result<usize, Refusal> {
    fields
        .number(name)?
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number > 0)
        .ok_or_else(invalid_args)
}
