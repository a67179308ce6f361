use std::sync::LazyLock;

use jumpqr::matching::{Candidate, Mismatch};

use crate::{Text, guard, jumpqr_text};

/// The name and the message of each reason.
static REASONS: LazyLock<Vec<(Mismatch, Text, Text)>> = LazyLock::new(|| {
    let all = Mismatch::ALL.iter();
    all.map(|&reason| (reason, reason.name().into(), reason.message().into()))
        .collect()
});

/// Returns the name and the message of a reason. They live forever.
pub(crate) fn texts_of(reason: Mismatch) -> Option<[jumpqr_text; 2]> {
    let mut reasons = REASONS.iter();
    let (_, name, message) = reasons.find(|(known, ..)| *known == reason)?;
    Some([name.view(), message.view()])
}

/// Why each of many rules does not cover a link.
///
/// Free it with `jumpqr_explanation_free`, exactly once. Any number of threads may read it at the
/// same time.
pub struct jumpqr_explanation {
    rules: Vec<(Text, Option<Mismatch>)>,
}

impl jumpqr_explanation {
    pub(crate) fn new<'a>(
        explained: impl Iterator<Item = (&'a Candidate, Result<(), Mismatch>)>,
    ) -> Self {
        let rules = explained.map(|(rule, covers)| (Text::from(&rule.prefix), covers.err()));
        Self {
            rules: rules.collect(),
        }
    }

    fn texts(&self, index: usize) -> Option<[jumpqr_text; 2]> {
        texts_of(self.rules.get(index)?.1?)
    }
}

/// Frees an explanation and the prefixes read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_free(explanation: Option<Box<jumpqr_explanation>>) {
    guard(|| explanation.map(drop));
}

/// Returns the number of rules. 0 if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_rule_count(explanation: Option<&jumpqr_explanation>) -> usize {
    guard(|| Some(explanation?.rules.len()))
}

/// Returns the prefix of rule number `index`, from 0. No text if there is no such rule, or if
/// `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_prefix(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(explanation?.rules.get(index)?.0.view()))
}

/// Returns why rule number `index`, from 0, does not cover the link, e.g. `no_trailing_slash`. It
/// lives forever. No text if the rule covers the link, if there is no such rule, or if
/// `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_code(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| explanation?.texts(index).map(|[code, _]| code))
}

/// Returns the message for a person about rule number `index`, from 0: why the rule does not cover
/// the link, and what to do. It lives forever. No text if the rule covers the link, if there is no
/// such rule, or if `explanation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_explanation_message(
    explanation: Option<&jumpqr_explanation>,
    index: usize,
) -> jumpqr_text {
    guard(|| explanation?.texts(index).map(|[_, message]| message))
}
