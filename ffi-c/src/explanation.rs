use jumpqr::matching::Mismatch;

use crate::object::forever;
use crate::{Text, guard, jumpqr_text};

/// Why each of many rules does not cover a link.
///
/// Free it with `jumpqr_explanation_free`, exactly once. Any number of threads may read it at the
/// same time.
pub struct jumpqr_explanation(pub(crate) Vec<(Text, Option<Mismatch>)>);

/// Frees an explanation and the prefixes read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_free(explanation: Option<Box<jumpqr_explanation>>) {
    guard(|| explanation.map(drop));
}

/// Returns the number of rules. 0 if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_rule_count(explanation: Option<&jumpqr_explanation>) -> usize {
    guard(|| Some(explanation?.0.len()))
}

/// Returns the prefix of rule number `index`, from 0. No text if there is no such rule, or if
/// `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_prefix(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(explanation?.0.get(index)?.0.view()))
}

/// Returns why rule number `index`, from 0, does not cover the link, e.g. `no_trailing_slash`. It
/// lives forever. No text if the rule covers the link, if there is no such rule, or if
/// `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_code(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(forever(explanation?.0.get(index)?.1?.name())))
}

/// Returns the message for a person about rule number `index`, from 0: why the rule does not cover
/// the link, and what to do. It lives forever. No text if the rule covers the link, if there is no
/// such rule, or if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_message(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(forever(explanation?.0.get(index)?.1?.message())))
}
