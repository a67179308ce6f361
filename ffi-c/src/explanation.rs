use jumpqr::matching::{Candidate, Mismatch};

use crate::guard::guard;
use crate::text::{Text, fixed, jumpqr_text};

/// Why each of many rules does not cover a link.
///
/// Free it with `jumpqr_explanation_free`, exactly once. Any number of threads may read it at the same time.
pub struct jumpqr_explanation {
    rules: Vec<(Text, Option<Mismatch>)>,
}

impl jumpqr_explanation {
    pub(crate) fn raw<'a>(
        explained: impl Iterator<Item = (&'a Candidate, Result<(), Mismatch>)>,
    ) -> *mut Self {
        let rules = explained.map(|(rule, covers)| (Text::from(&rule.prefix), covers.err()));
        Box::into_raw(Box::new(Self {
            rules: rules.collect(),
        }))
    }

    fn mismatch(&self, index: usize) -> Option<Mismatch> {
        self.rules.get(index)?.1
    }
}

/// Frees an explanation and the prefixes that were asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_free(explanation: Option<Box<jumpqr_explanation>>) {
    guard(|| {
        drop(explanation);
        Some(())
    });
}

/// The number of rules. 0 if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_rule_count(explanation: Option<&jumpqr_explanation>) -> usize {
    guard(|| Some(explanation?.rules.len()))
}

/// The prefix of the rule number `index`, from 0; no text where there is none. No text if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_prefix(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(explanation?.rules.get(index)?.0.view()))
}

/// Why the rule number `index`, from 0, does not cover the link, e.g. `no_trailing_slash`; no text where it does. It
/// lives for ever. No text if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_code(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(fixed(explanation?.mismatch(index)?.name())))
}

/// The same for a person, with what to do; no text where the rule covers the link. It lives for ever. No text if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_message(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(fixed(explanation?.mismatch(index)?.message())))
}
