//! The two modes of the family, and what an account may do in them.

use crate::account::{Account, AccountKind};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;

/// In which mode a call is made: the token says so. A Mini Program that sends `appid` calls in service-account mode without
/// permission set 3.
pub(super) fn mode(account: &Account, fields: &Fields) -> Result<AccountKind, Refusal> {
    if account.kind == AccountKind::MiniProgram {
        if fields.has("appid") {
            return Err(Refusal::new(61007));
        }
        if account.personal {
            return Err(Refusal::new(85075));
        }
    }
    Ok(account.kind)
}

/// The Mini Program that a service account names in `appid`.
///
/// 40166 for what is no appid of a Mini Program, such as a `gh_` id. What WeChat says to one that is not linked is
/// documented nowhere; here it is 40166 as well.
pub(super) fn linked_mini_program<'a>(
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
