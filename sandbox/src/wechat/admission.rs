//! What is checked before a call is applied: the token, the pace, the permission set, the mode.

use jumpqr_core::interface::LinkStatus;

use super::call::Call;
use super::fields::Fields;
use crate::account::{Account, AccountKind};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::usage::{Pace, Quota};

/// Returns the calling account and the fields of the body. Checks the token, the pace and the
/// permission set.
pub(super) fn admit(state: &mut State, call: &Call) -> Result<(Account, Fields), Refusal> {
    let now = state.clock.now();
    let token = call.query("access_token").ok_or(41001)?;
    let holder = state.tokens.holder_of_valid(token, now)?.clone();
    // A platform's own token. The documented code is 61015; 48001 was seen in a response of WeChat.
    let appid = holder.appid.as_deref().ok_or(48001)?;
    let account = state.accounts.get(appid).cloned().ok_or(40001)?;
    let permission_sets = match &holder.component_appid {
        Some(component_appid) => {
            let authorization = state.merchant_mut(component_appid, appid).ok_or(61003)?;
            authorization.note_use(token);
            &authorization.permission_sets
        }
        None => &account.permission_sets,
    };
    let is_granted = permission_set(call.interface, account.kind)
        .is_some_and(|set| permission_sets.contains(&set));
    let pace = Pace {
        per_second: state.limits.calls_per_second,
        per_minute: match account.kind {
            AccountKind::MiniProgram => usize::MAX,
            AccountKind::ServiceAccount => state.limits.service_account_calls_per_minute,
        },
    };
    state.usage.count_call(call.interface, appid, now, pace)?;
    let quota = Quota::Calls(call.interface);
    let limit = state.limits.calls_per_day;
    state.usage.consume(quota, appid, now, limit)?;
    if !is_granted {
        return Err(61007.into());
    }
    let fields = match call.interface {
        // It has no parameters. It needs no body since WeChat's staff fixed that.
        Interface::WxaMpLinkGet if call.body.is_empty() => Fields::default(),
        _ => Fields::parse(&call.body)?,
    };
    Ok((account, fields))
}

/// Returns the calling account again, later in the same call. The token has been checked, and
/// nothing is counted twice. But the account or its authorisation may have been removed meanwhile,
/// or everything reset.
pub(super) fn readmit(state: &State, call: &Call) -> Result<Account, Refusal> {
    let token = call.query("access_token").ok_or(41001)?;
    let holder = state.tokens.holder_of(token).ok_or(40001)?;
    let appid = holder.appid.as_deref().ok_or(40001)?;
    let account = state.accounts.get(appid).cloned().ok_or(40001)?;
    if let Some(component_appid) = &holder.component_appid {
        let merchants = state.merchants.get(component_appid);
        let is_authorized = merchants.is_some_and(|merchants| merchants.contains_key(appid));
        return if is_authorized {
            Ok(account)
        } else {
            Err(61003.into())
        };
    }
    Ok(account)
}

/// Returns the permission set that an account of this kind needs. `None` if it cannot call the
/// interface with its token.
const fn permission_set(interface: Interface, kind: AccountKind) -> Option<u16> {
    match (interface, kind) {
        (
            Interface::LinkMiniprogram | Interface::WxaMpLinkGet | Interface::UnlinkMiniprogram,
            kind,
        ) => match kind {
            AccountKind::ServiceAccount => Some(33),
            AccountKind::MiniProgram => None,
        },
        (Interface::DownloadQRCodeText, AccountKind::ServiceAccount) => None,
        (_, AccountKind::MiniProgram) => Some(18),
        (_, AccountKind::ServiceAccount) => Some(3),
    }
}

/// Returns who calls an interface that is for accounts with any permission set, and for platforms.
/// Checks the token and the pace.
pub(super) fn admit_anybody(state: &mut State, call: &Call) -> Result<Holder, Refusal> {
    let now = state.clock.now();
    let token = call.component_access_token().ok_or(41001)?;
    let holder = state.tokens.holder_of_valid(token, now)?.clone();
    if let (Some(component_appid), Some(appid)) = (&holder.component_appid, &holder.appid) {
        let authorization = state.merchant_mut(component_appid, appid).ok_or(61003)?;
        authorization.note_use(token);
        if authorization.permission_sets.is_empty() {
            return Err(61007.into());
        }
    }
    let pace = Pace {
        per_second: state.limits.calls_per_second,
        per_minute: usize::MAX,
    };
    let owner = holder.owner().ok_or(40001)?;
    state.usage.count_call(call.interface, owner, now, pace)?;
    let quota = Quota::Calls(call.interface);
    let limit = state.limits.calls_per_day;
    state.usage.consume(quota, owner, now, limit)?;
    Ok(holder)
}

/// Checks whether the account may call in its mode. The token decides the mode. If a Mini Program
/// sends `appid`, it gets 61007: it calls in service-account mode without permission set 3.
pub(super) fn check_mode(account: &Account, fields: &Fields) -> Result<(), Refusal> {
    if account.kind == AccountKind::MiniProgram {
        if fields.has_value("appid") {
            return Err(61007.into());
        }
        if account.personal {
            return Err(85075.into());
        }
    }
    Ok(())
}

/// Returns the Mini Program that a service account names in `appid`; `None` in the other mode.
///
/// An appid that is not of a Mini Program, such as a `gh_` id, gets 40166. For a Mini Program that
/// is not linked, WeChat's code is undocumented; here it is 40166, too.
pub(super) fn find_linked_mini_program(
    state: &State,
    account: &Account,
    fields: &Fields,
) -> Result<Option<String>, Refusal> {
    if account.kind == AccountKind::MiniProgram {
        return Ok(None);
    }
    let appid = fields.text("appid")?;
    let link = state.links.get(&account.appid, appid);
    let mini_program = state.accounts.get(appid);
    let mini_program = mini_program.filter(|_| link == Some(LinkStatus::Linked));
    if mini_program.ok_or(40166)?.personal {
        return Err(85075.into());
    }
    Ok(Some(appid.to_owned()))
}

/// Returns the platform of the token and the fields of the body. If the body names another
/// platform, the result is 40013.
pub(super) fn admit_platform(state: &State, call: &Call) -> Result<(String, Fields), Refusal> {
    let token = call.component_access_token().ok_or(41001)?;
    let holder = state.tokens.holder_of_valid(token, state.clock.now())?;
    let Holder {
        component_appid: Some(component_appid),
        appid: None,
    } = holder
    else {
        return Err(61014.into());
    };
    let fields = Fields::parse(&call.body)?;
    if fields.optional_text("component_appid")? == Some(component_appid) {
        Ok((component_appid.clone(), fields))
    } else {
        Err(40013.into())
    }
}
