//! `addJumpQRCode`: adds a rule, or modifies one.

use jumpqr_core::check::{FindingCode, check_prefix, check_service_account_prefix};
use jumpqr_core::matching::covers;
use jumpqr_core::preflight::Observations;
use jumpqr_core::rule::{Edit, OpenVersion, PermitSubRule, RuleState};
use serde_json::{Value, json};

use super::admission::{admit, check_mode, find_linked_mini_program, readmit};
use super::call::{Applied, Call};
use super::fields::{Fields, INVALID_ARGS};
use super::file_look::FileLook;
use super::verification_file;
use crate::account::{Account, AccountKind};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::rules::{StoredMode, StoredRule};

/// What gets 85066: what core forbids, and the reported causes of 85066 that core warns of.
const ORDINARY_CAUSES: &[FindingCode] = &[
    FindingCode::NotHttpUrl,
    FindingCode::NonAsciiQuery,
    FindingCode::ReportedDomain,
    FindingCode::Port,
];
const SERVICE_CAUSES: &[FindingCode] = &[FindingCode::NotServicePrefix];

/// A rule that is added if the look finds the verification file.
#[derive(Debug)]
pub(super) struct PendingRule {
    pub(super) rule: StoredRule,
    pub(super) look: FileLook,
}

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Applied, Refusal> {
    let (account, fields) = admit(state, call)?;
    let prefix = fields.text("prefix")?;
    if account.kind == AccountKind::MiniProgram && is_service_link(prefix) {
        // WeChat goes by the token, even if the request has an appid. Then it finds no verification
        // file on the host.
        return Err(verification_file::refuse_service_link(&account, prefix));
    }
    check_mode(&account, &fields)?;
    check(account.kind, prefix)?;
    let appid = find_linked_mini_program(state, &account, &fields)?;
    let path = fields.text("path")?;
    let edit = fields.choice("is_edit", Edit::from_number)?;
    let rule = StoredRule {
        prefix: prefix.to_owned(),
        path: path.to_owned(),
        state: RuleState::Unpublished,
        mode: match appid {
            None => ordinary_link(state, &account, &fields)?,
            Some(appid) => StoredMode::ServiceAccount { appid },
        },
        damaged: false,
    };
    match edit {
        Edit::Add => return add(state, &account, rule),
        Edit::Modify => modify(state, &account, rule)?,
    }
    Ok(Applied::Done(json!({})))
}

/// Adds a rule after the look for its verification file, unless something has changed meanwhile.
pub(super) fn finish(
    state: &mut State,
    call: &Call,
    rule: StoredRule,
    seen: Observations,
) -> Result<Value, Refusal> {
    let account = readmit(state, call)?;
    check_new(state, &account, &rule)?;
    verification_file::check_seen(seen)?;
    state.rules.put(&account.appid, rule);
    Ok(json!({}))
}

/// Reads the fields of an ordinary-link rule. If `debug_url` is absent, a present rule keeps its
/// links.
fn ordinary_link(state: &State, account: &Account, fields: &Fields) -> Result<StoredMode, Refusal> {
    let prefix = fields.text("prefix")?;
    let open_version = fields.choice("open_version", OpenVersion::from_number)?;
    let permit_sub_rule = fields.choice("permit_sub_rule", PermitSubRule::from_number)?;
    let debug_url = match fields.texts("debug_url")? {
        Some(links) if links.len() > state.limits.debug_urls => return Err(INVALID_ARGS.into()),
        Some(links) if links.iter().any(|link| covers(prefix, link).is_err()) => {
            return Err(85068.into());
        }
        Some(links) => links,
        None => match state
            .rules
            .find(&account.appid, prefix)
            .map(|rule| &rule.mode)
        {
            Some(StoredMode::OrdinaryLink { debug_url, .. }) => debug_url.clone(),
            _ => Vec::new(),
        },
    };
    Ok(StoredMode::OrdinaryLink {
        open_version,
        permit_sub_rule,
        debug_url,
    })
}

fn modify(state: &mut State, account: &Account, rule: StoredRule) -> Result<(), Refusal> {
    let stored = state
        .rules
        .find_mut(&account.appid, &rule.prefix)
        .filter(|stored| stored.appid() == rule.appid())
        .ok_or(INVALID_ARGS)?;
    // A published rule keeps its path. A published service-account rule has nothing else to modify.
    let keeps_path = stored.path == rule.path && rule.appid().is_none();
    if stored.state == RuleState::Published && !keeps_path {
        return Err(INVALID_ARGS.into());
    }
    stored.path = rule.path;
    stored.mode = rule.mode;
    Ok(())
}

/// Adds a rule, or makes it wait for the look for its verification file.
fn add(state: &mut State, account: &Account, rule: StoredRule) -> Result<Applied, Refusal> {
    check_new(state, account, &rule)?;
    if account.kind == AccountKind::MiniProgram {
        if let Some(look) = verification_file::check(state, account, &rule.prefix)? {
            let pending = PendingRule { rule, look };
            return Ok(Applied::Pending(Box::new(pending)));
        }
    }
    state.rules.put(&account.appid, rule);
    Ok(Applied::Done(json!({})))
}

/// Checks a rule to add, apart from its verification file.
fn check_new(state: &State, account: &Account, rule: &StoredRule) -> Result<(), Refusal> {
    let prefix = &rule.prefix;
    if state.web.is_blacklisted(prefix) {
        return Err(85070.into());
    }
    if state.rules.find(&account.appid, prefix).is_some() {
        return Err(85071.into());
    }
    if state.rules.is_blocked_by_other(&account.appid, prefix) {
        return Err(85072.into());
    }
    let rules = state.rules.list(&account.appid);
    let count = rules.filter(|other| other.appid() == rule.appid()).count();
    let limit = match account.kind {
        AccountKind::MiniProgram => state.limits.rules,
        AccountKind::ServiceAccount => state.limits.service_account_rules,
    };
    if count >= limit {
        return Err(85073.into());
    }
    if account.kind == AccountKind::MiniProgram && !state.web.is_filed(prefix) {
        return Err(85076.into());
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

/// Checks a prefix. A link without a scheme gets -1. Source: reports of developers.
fn check(kind: AccountKind, prefix: &str) -> Result<(), Refusal> {
    let (report, causes) = match kind {
        AccountKind::MiniProgram if !prefix.contains("://") => return Err((-1).into()),
        AccountKind::MiniProgram => (check_prefix(prefix), ORDINARY_CAUSES),
        AccountKind::ServiceAccount => (check_service_account_prefix(prefix), SERVICE_CAUSES),
    };
    let mut findings = report.violations.into_iter().chain(report.warnings);
    match findings.find(|finding| causes.contains(&finding.code)) {
        None => Ok(()),
        Some(cause) => Err(Refusal::from(85066).because(Reason::Prefix(cause))),
    }
}
