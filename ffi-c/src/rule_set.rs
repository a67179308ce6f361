use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::mapping::parse_rule_set_document;
use jumpqr::matching::{Candidate, RuleSet};
use jumpqr::rule::RuleState;

use crate::argument::{array, out_of_range, text, text_list};
use crate::{
    Text, guard, jumpqr_error, jumpqr_explanation, jumpqr_jump_qr_code_list, jumpqr_link_match,
    jumpqr_status, present, produce,
};

/// An index over many ordinary-link rules. It finds the rule that a scanned link hits, offline.
///
/// It never changes, so any number of threads may use it at the same time. Free it with
/// `jumpqr_rule_set_free`, exactly once, when no call is using it.
pub struct jumpqr_rule_set(pub(crate) RuleSet);

fn candidate(index: usize, prefix: &str, state: i32) -> Result<Candidate, jumpqr_error> {
    let candidate = Candidate::new(prefix);
    if state == 0 {
        return Ok(candidate);
    }
    let known = RuleState::from_number(state.into()).ok_or_else(|| {
        out_of_range(
            &format!("states[{index}]"),
            "is not 0 (unknown), 1 (unpublished) or 2 (published)",
        )
    })?;
    Ok(candidate.state(known))
}

/// Makes an index of `count` rules from their prefixes, which end with NUL, and their states: 1
/// unpublished, 2 published, 0 unknown. If `states` is NULL, all are unknown. The index is to be
/// freed.
///
/// NULL is allowed for `error` and `states`, and for `prefixes` if `count` is 0. Status:
/// `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_new(
    prefixes: *const *const c_char,
    states: *const i32,
    count: usize,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rule_set>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rules, "rules", error, || {
        // SAFETY: the caller passes `count` texts that end with NUL.
        let prefixes = unsafe { text_list(prefixes, count, "prefixes") }?;
        let known = if states.is_null() { 0 } else { count };
        // SAFETY: the caller passes `count` numbers, or NULL.
        let states = unsafe { array(states, known, "states") }?;
        let states = states.iter().copied().chain(std::iter::repeat(0));
        let rules = prefixes.iter().zip(states).enumerate();
        let candidates: Result<Vec<_>, _> = rules
            .map(|(index, (prefix, state))| candidate(index, prefix, state))
            .collect();
        Ok(RuleSet::new(candidates?))
    })
}

/// Makes an index of the rules in a response of getJumpQRCode, which also says whether opening by QR
/// code is switched on. The index does not need the list afterwards, and is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_set_from_list(
    list: Option<&jumpqr_jump_qr_code_list>,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rule_set>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rules, "rules", error, || {
        let list = present(list, "list")?;
        let listed = list.rules.iter().map(|rule| rule.rule.candidate());
        Ok(RuleSet::new(listed).with_account(list.list.account()))
    })
}

/// Makes an index of the rules in a JSON document: a response of getJumpQRCode, a list of rules, or
/// one rule. A rule must have a `prefix`; `state`, `path`, `open_version` and `debug_url` are read if
/// it has them. A response may say what is known of the account: `qrcodejump_open`, and
/// `is_released`, which you may add: whether the Mini Program has released code. `json` is `size`
/// bytes and need not end with NUL. The index is to be freed.
///
/// NULL is allowed for `error`, and for `json` if `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_from_json(
    json: *const c_char,
    size: usize,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rule_set>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rules, "rules", error, || {
        // SAFETY: the caller passes `size` bytes.
        let json = unsafe { array(json.cast::<u8>(), size, "json") }?;
        Ok(parse_rule_set_document(json)?)
    })
}

/// Frees an index. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_set_free(rules: Option<Box<jumpqr_rule_set>>) {
    guard(|| rules.map(drop));
}

/// Finds the rule that the scanned `link` hits, and what the link opens. `link` ends with NUL. The
/// match does not need the index afterwards, and is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_match_url(
    rules: Option<&jumpqr_rule_set>,
    link: *const c_char,
    found: Option<&mut MaybeUninit<*mut jumpqr_link_match>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(found, "found", error, || {
        let rules = &present(rules, "rules")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let link = unsafe { text(link, "link") }?;
        Ok(jumpqr_link_match::from(rules.match_url(link)))
    })
}

/// Explains for each rule, in the order of the index, why it does not cover `link`, which ends with
/// NUL. It looks at every rule, unlike `jumpqr_rule_set_match_url`. The explanation does not need
/// the index afterwards, and is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_explain(
    rules: Option<&jumpqr_rule_set>,
    link: *const c_char,
    explanation: Option<&mut MaybeUninit<*mut jumpqr_explanation>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(explanation, "explanation", error, || {
        let rules = &present(rules, "rules")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let link = unsafe { text(link, "link") }?;
        let explained = rules.explain(link);
        let explained = explained.map(|(rule, covers)| (Text::from(&rule.prefix), covers.err()));
        Ok(jumpqr_explanation(explained.collect()))
    })
}
