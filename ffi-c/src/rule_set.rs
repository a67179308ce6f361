use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::ListedRule;
use jumpqr::mapping::{parse_candidates, parse_document};
use jumpqr::matching::{Candidate, RuleSet};
use jumpqr::rule::RuleState;

use crate::argument::{array, out_of_range, present, text, texts};
use crate::error::{Failure, jumpqr_error};
use crate::explanation::jumpqr_explanation;
use crate::guard::{attempt, guard};
use crate::jump_qr_code_list::jumpqr_jump_qr_code_list;
use crate::link_match::jumpqr_link_match;
use crate::status::jumpqr_status;

/// An index over many ordinary-link rules, which finds the one that a scanned link hits, offline.
///
/// It does not change once it is made, so any number of threads may use it at the same time. Free it with
/// `jumpqr_rule_set_free`, exactly once, when no call with it is running.
pub struct jumpqr_rule_set {
    rules: RuleSet,
}

impl jumpqr_rule_set {
    fn raw(rules: impl IntoIterator<Item = Candidate>) -> *mut Self {
        Box::into_raw(Box::new(Self {
            rules: RuleSet::new(rules),
        }))
    }
}

fn candidate(index: usize, prefix: &str, state: i32) -> Result<Candidate, Failure> {
    let candidate = Candidate::new(prefix);
    if state == 0 {
        return Ok(candidate);
    }
    let known = RuleState::from_number(state.into()).ok_or_else(|| {
        out_of_range(
            &format!("states[{index}]"),
            "is none of 0 (not known), 1 (unpublished) and 2 (published)",
        )
    })?;
    Ok(candidate.state(known))
}

/// Indexes `count` rules: their prefixes, which end with NUL, and their states, 1 unpublished, 2 published, 0 not known.
/// `states` is NULL where none is known. The index is to be freed.
///
/// NULL is allowed for `error` and `states`, and for `prefixes` where `count` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_new(
    prefixes: *const *const c_char,
    states: *const i32,
    count: usize,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rule_set>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `count` texts that end with NUL.
        let prefixes = unsafe { texts(prefixes, count, "prefixes") }?;
        let known = if states.is_null() { 0 } else { count };
        // SAFETY: the caller passes `count` numbers, or NULL.
        let states = unsafe { array(states, known, "states") }?;
        let numbered = prefixes.iter().enumerate();
        let candidates: Result<Vec<_>, _> = numbered
            .map(|(index, prefix)| {
                let state = states.get(index).copied().unwrap_or_default();
                candidate(index, prefix, state)
            })
            .collect();
        present(rules, "rules")?.write(jumpqr_rule_set::raw(candidates?));
        Ok(())
    })
}

/// Indexes the rules that getJumpQRCode listed. The index is to be freed, and does not need the list.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_set_from_list(
    list: Option<&jumpqr_jump_qr_code_list>,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rule_set>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let listed = &present(list, "list")?.list.rule_list;
        let candidates = listed.iter().map(ListedRule::candidate);
        present(rules, "rules")?.write(jumpqr_rule_set::raw(candidates));
        Ok(())
    })
}

/// Indexes the rules of a JSON document, `size` bytes long, which need not end with NUL: an answer of getJumpQRCode, a list of
/// rules, or one rule. Only their `prefix` and `state` count. The index is to be freed.
///
/// NULL is allowed for `error`, and for `json` where `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_from_json(
    json: *const c_char,
    size: usize,
    rules: Option<&mut MaybeUninit<*mut jumpqr_rule_set>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        let json = unsafe { array(json.cast::<u8>(), size, "json") }?;
        let rules = present(rules, "rules")?;
        let candidates = parse_candidates(&parse_document(json)?)?;
        rules.write(jumpqr_rule_set::raw(candidates));
        Ok(())
    })
}

/// Frees an index. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_set_free(rules: Option<Box<jumpqr_rule_set>>) {
    guard(|| {
        drop(rules);
        Some(())
    });
}

/// What the scanned `link`, which ends with NUL, hits. The match is to be freed, and does not need the index.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_match_url(
    rules: Option<&jumpqr_rule_set>,
    link: *const c_char,
    found: Option<&mut MaybeUninit<*mut jumpqr_link_match>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let rules = &present(rules, "rules")?.rules;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let link = unsafe { text(link, "link") }?;
        let matched = rules.match_url(link);
        present(found, "found")?.write(jumpqr_link_match::raw(&matched));
        Ok(())
    })
}

/// For each rule, in the order in which they were indexed, why it does not cover the `link`, which ends with NUL. It looks at
/// every rule: `jumpqr_rule_set_match_url` does not. The explanation is to be freed, and does not need the index.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_set_explain(
    rules: Option<&jumpqr_rule_set>,
    link: *const c_char,
    explanation: Option<&mut MaybeUninit<*mut jumpqr_explanation>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let rules = &present(rules, "rules")?.rules;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let link = unsafe { text(link, "link") }?;
        let explanation = present(explanation, "explanation")?;
        explanation.write(jumpqr_explanation::raw(rules.explain(link)));
        Ok(())
    })
}
