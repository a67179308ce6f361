//! The two modes of the interfaces, and what an account may do in them.

use super::fields::Fields;
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;

/// Returns the mode of a call. The token decides it. If a Mini Program sends `appid`, it gets
/// 61007: it calls in service-account mode without permission set 3.
pub(super) fn check_mode(account: &Account, fields: &Fields) -> Result<AccountKind, Refusal> {
    if account.kind == AccountKind::MiniProgram {
        if fields.has_value("appid") {
            return Err(Refusal::new(61007));
        }
        if account.personal {
            return Err(Refusal::new(85075));
        }
    }
    Ok(account.kind)
}

/// Returns the Mini Program that a service account names in `appid`.
///
/// An appid that is not of a Mini Program, such as a `gh_` id, gets 40166. For a Mini Program that
/// is not linked, WeChat's code is undocumented; here it is 40166, too.
pub(super) fn find_linked_mini_program<'a>(
    state: &'a State,
    account: &Account,
    fields: &Fields,
) -> Result<&'a Account, Refusal> {
    let appid = fields.text("appid")?;
    let mini_program = state
        .accounts
        .get(appid)
        .filter(|_| state.links.is_linked(&account.appid, appid))
        .ok_or_else(|| Refusal::new(40166))?;
    if mini_program.personal {
        return Err(Refusal::new(85075));
    }
    Ok(mini_program)
}
