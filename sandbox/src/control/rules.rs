use jumpqr_core::rule::{OpenVersion, PermitSubRule, RuleState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::to_json;
use crate::account::AccountKind;
use crate::error::SandboxError;
use crate::state::State;
use crate::state::rules::{StoredMode, StoredRule};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleForm {
    prefix: String,
    path: String,
    state: Option<i64>,
    open_version: Option<i64>,
    permit_sub_rule: Option<i64>,
    debug_url: Option<Vec<String>>,
    appid: Option<String>,
    #[serde(default)]
    damaged: bool,
}

pub(super) fn list(state: &State, account: &str) -> Result<Value, SandboxError> {
    state.account(account)?;
    state.rules.list(account).map(to_json).collect()
}

pub(super) fn put(state: &mut State, account: &str, form: RuleForm) -> Result<(), SandboxError> {
    let kind = state.account(account)?.kind;
    let rule = StoredRule {
        state: parse_choice("state", form.state, 1, RuleState::from_number)?,
        mode: match (kind, form.appid) {
            (AccountKind::MiniProgram, None) => StoredMode::OrdinaryLink {
                open_version: parse_choice(
                    "open_version",
                    form.open_version,
                    1,
                    OpenVersion::from_number,
                )?,
                permit_sub_rule: parse_choice(
                    "permit_sub_rule",
                    form.permit_sub_rule,
                    1,
                    PermitSubRule::from_number,
                )?,
                debug_url: form.debug_url.unwrap_or_default(),
            },
            (AccountKind::ServiceAccount, Some(appid)) => StoredMode::ServiceAccount { appid },
            (AccountKind::MiniProgram, Some(_)) => {
                return Err(SandboxError::Invalid(
                    "appid is for rules of a service account; leave it out".to_owned(),
                ));
            }
            (AccountKind::ServiceAccount, None) => {
                return Err(SandboxError::Invalid(
                    "appid is missing; give the Mini Program that the rule opens".to_owned(),
                ));
            }
        },
        prefix: form.prefix,
        path: form.path,
        damaged: form.damaged,
    };
    state.put_rule(account, rule)
}

pub(super) fn delete(state: &mut State, account: &str) -> Result<Value, SandboxError> {
    state.account(account)?;
    Ok(json!({ "removed": state.rules.remove_all(account) }))
}

fn parse_choice<T>(
    field: &str,
    number: Option<i64>,
    default: i64,
    from_number: fn(i64) -> Option<T>,
) -> Result<T, SandboxError> {
    let number = number.unwrap_or(default);
    from_number(number).ok_or_else(|| {
        SandboxError::Invalid(format!(
            "{field} is {number}, which is not one of its values"
        ))
    })
}
