use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr::{from_ref, null};

use jumpqr::Rules;

use crate::argument::{optional_text, present};
use crate::client::jumpqr_client;
use crate::error::jumpqr_error;
use crate::guard::{attempt, guard};
use crate::listed_rule::jumpqr_listed_rule;
use crate::status::jumpqr_status;

/// A walk over all rules of an account; pages are asked for as they are needed, and each prefix comes once.
///
/// It may be used by one thread at a time. It may outlive the client. Free it with `jumpqr_rules_free`, exactly once.
pub struct jumpqr_rules {
    rules: Rules,
    current: Option<jumpqr_listed_rule>,
}

/// Begins a walk, which is to be freed: over the ordinary-link rules of the Mini Program where `appid` is NULL; else over the
/// rules of the service account that open the Mini Program `appid`, which ends with NUL. Nothing is sent yet.
///
/// NULL is allowed for `error` and `appid`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rules_new(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rules>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { optional_text(appid, "appid") }?;
        let walk = match appid {
            None => client.rules(),
            Some(appid) => client.service_account_rules(appid),
        };
        present(rules, "rules")?.write(Box::into_raw(Box::new(jumpqr_rules {
            rules: walk,
            current: None,
        })));
        Ok(())
    })
}

/// The next rule, and NULL at the end. It lives until the next step of the walk, or until that is freed. After an error, the
/// walk is at its end.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and that of each kind of
/// error.
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
        rules.current = next.as_ref().map(Into::into);
        rule.write(rules.current.as_ref().map_or(null(), from_ref));
        Ok(())
    })
}

/// Frees a walk and the rule that it is at. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rules_free(rules: Option<Box<jumpqr_rules>>) {
    guard(|| {
        drop(rules);
        Some(())
    });
}
