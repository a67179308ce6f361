use jumpqr_core::check::{CheckReport, FindingCode, check_prefix, check_service_account_prefix};
use jumpqr_core::matching::covers;
use jumpqr_core::rule::{Edit, OpenVersion, PermitSubRule, RuleState};
use serde_json::{Value, json};

use super::fields::{Fields, invalid_args};
use super::mode::{check_mode, find_linked_mini_program};
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::rules::{StoredMode, StoredRule};

pub(super) fn respond(
    state: &mut State,
    account: &Account,
    fields: &Fields,
) -> Result<Value, Refusal> {
    if account.kind == AccountKind::MiniProgram && is_service_link(fields.text("prefix")?) {
        // WeChat goes by the token, even if the request has an appid. Then it finds no verification
        // file on the host.
        return Err(Refusal::new(85069));
    }
    match check_mode(account, fields)? {
        AccountKind::MiniProgram => ordinary_link(state, account, fields)?,
        AccountKind::ServiceAccount => service_account(state, account, fields)?,
    }
    Ok(json!({}))
}

fn ordinary_link(state: &mut State, account: &Account, fields: &Fields) -> Result<(), Refusal> {
    let prefix = fields.text("prefix")?;
    check_ordinary_prefix(prefix)?;
    let path = fields.text("path")?;
    let open_version = fields.choice("open_version", OpenVersion::from_number)?;
    let permit_sub_rule = fields.choice("permit_sub_rule", PermitSubRule::from_number)?;
    let edit = fields.choice("is_edit", Edit::from_number)?;
    let debug_url = fields.texts("debug_url")?;
    let links = debug_url.as_deref().unwrap_or_default();
    if links.len() > state.limits.debug_urls {
        return Err(invalid_args());
    }
    if links.iter().any(|link| covers(prefix, link).is_err()) {
        return Err(Refusal::new(85068));
    }
    if edit == Edit::Modify {
        let rule = state
            .rules
            .find_mut(&account.appid, prefix)
            .ok_or_else(invalid_args)?;
        // A published rule keeps its path.
        if rule.state == RuleState::Published && rule.path != path {
            return Err(invalid_args());
        }
        path.clone_into(&mut rule.path);
        let kept = match &mut rule.mode {
            StoredMode::OrdinaryLink { debug_url, .. } => std::mem::take(debug_url),
            StoredMode::ServiceAccount { .. } => Vec::new(),
        };
        rule.mode = StoredMode::OrdinaryLink {
            open_version,
            permit_sub_rule,
            // If the field is absent, the links stay.
            debug_url: debug_url.unwrap_or(kept),
        };
        return Ok(());
    }
    check_addable(state, account, prefix)?;
    if state.rules.list(&account.appid).count() >= state.limits.rules {
        return Err(Refusal::new(85073));
    }
    if !state.web.is_filed(prefix) {
        return Err(Refusal::new(85076));
    }
    if !state.verification_files.is_placed(account, prefix) {
        return Err(Refusal::new(85069));
    }
    let rule = StoredRule {
        prefix: prefix.to_owned(),
        path: path.to_owned(),
        state: RuleState::Unpublished,
        mode: StoredMode::OrdinaryLink {
            open_version,
            permit_sub_rule,
            debug_url: debug_url.unwrap_or_default(),
        },
        damaged: false,
    };
    state.rules.put(&account.appid, rule);
    Ok(())
}

fn service_account(state: &mut State, account: &Account, fields: &Fields) -> Result<(), Refusal> {
    let prefix = fields.text("prefix")?;
    check_service_prefix(prefix)?;
    let appid = find_linked_mini_program(state, account, fields)?
        .appid
        .clone();
    let path = fields.text("path")?;
    if fields.choice("is_edit", Edit::from_number)? == Edit::Modify {
        let rule = state
            .rules
            .find_mut(&account.appid, prefix)
            .filter(|rule| rule.appid() == Some(&appid))
            .ok_or_else(invalid_args)?;
        if rule.state == RuleState::Published {
            return Err(invalid_args());
        }
        path.clone_into(&mut rule.path);
        return Ok(());
    }
    check_addable(state, account, prefix)?;
    let count = state
        .rules
        .list(&account.appid)
        .filter(|rule| rule.appid() == Some(&appid))
        .count();
    if count >= state.limits.service_account_rules {
        return Err(Refusal::new(85073));
    }
    let rule = StoredRule {
        prefix: prefix.to_owned(),
        path: path.to_owned(),
        state: RuleState::Unpublished,
        mode: StoredMode::ServiceAccount { appid },
        damaged: false,
    };
    state.rules.put(&account.appid, rule);
    Ok(())
}

fn check_addable(state: &State, account: &Account, prefix: &str) -> Result<(), Refusal> {
    if state.web.is_blacklisted(prefix) {
        return Err(Refusal::new(85070));
    }
    if state.rules.find(&account.appid, prefix).is_some() {
        return Err(Refusal::new(85071));
    }
    if state.rules.is_blocked_by_other(&account.appid, prefix) {
        return Err(Refusal::new(85072));
    }
    Ok(())
}

/// Whether the prefix is the link of a service account's QR code. Nobody can put a verification
/// file on that host.
fn is_service_link(prefix: &str) -> bool {
    ["http://weixin.qq.com/q/", "https://weixin.qq.com/q/"]
        .iter()
        .any(|start| prefix.starts_with(start))
}

/// Checks a prefix. What core forbids gets 85066, and so do the reported causes of 85066 that core
/// warns of. A link without a scheme gets -1. Source: reports of developers.
fn check_ordinary_prefix(prefix: &str) -> Result<(), Refusal> {
    if !prefix.contains("://") {
        return Err(Refusal::new(-1));
    }
    refuse_findings(
        &check_prefix(prefix),
        &[
            FindingCode::NotHttpUrl,
            FindingCode::NonAsciiQuery,
            FindingCode::ReportedDomain,
            FindingCode::Port,
        ],
    )
}

fn check_service_prefix(prefix: &str) -> Result<(), Refusal> {
    refuse_findings(
        &check_service_account_prefix(prefix),
        &[FindingCode::NotServicePrefix],
    )
}

fn refuse_findings(report: &CheckReport, causes: &[FindingCode]) -> Result<(), Refusal> {
    let mut findings = report.violations.iter().chain(&report.warnings);
    if findings.any(|finding| causes.contains(&finding.code)) {
        return Err(Refusal::new(85066));
    }
    Ok(())
}
