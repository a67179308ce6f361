use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr::{from_ref, null};

use jumpqr::Rules;

use crate::argument::optional_text;
use crate::{
    attempt, guard, jumpqr_client, jumpqr_error, jumpqr_listed_rule, jumpqr_status, present,
    produce,
};

/// A walk over all rules of an account. It requests pages as they are needed, and returns each
/// prefix once.
///
/// One thread may use it at a time. It stays valid after the client is freed. Free it with
/// `jumpqr_rules_free`, exactly once.
pub struct jumpqr_rules {
    rules: Rules,
    current: Option<jumpqr_listed_rule>,
}

/// Begins a walk, which is to be freed. If `appid` is NULL, it is over the ordinary-link rules of
/// the Mini Program. Otherwise it is over the rules of the service account that open the Mini
/// Program `appid`, which ends with NUL. Nothing is sent yet.
///
/// NULL is allowed for `error` and `appid`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rules_new(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rules>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rules, "rules", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let rules = match unsafe { optional_text(appid, "appid") }? {
            None => client.rules(),
            Some(appid) => client.service_account_rules(appid),
        };
        let current = None;
        Ok(jumpqr_rules { rules, current })
    })
}

/// Returns the next rule; NULL at the end. The rule lives until the next step of the walk, or until
/// the walk is freed. After an error, the walk is at its end.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rules_next(
    rules: Option<&mut jumpqr_rules>,
    rule: Option<&mut MaybeUninit<*const jumpqr_listed_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let rules = present(rules, "rules")?;
        let rule = present(rule, "rule")?;
        let next = rules.rules.next().transpose()?;
        rules.current = next.map(Into::into);
        rule.write(rules.current.as_ref().map_or(null(), from_ref));
        Ok(())
    })
}

/// Frees a walk and its current rule. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rules_free(rules: Option<Box<jumpqr_rules>>) {
    guard(|| rules.map(drop));
}
