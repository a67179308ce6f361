//! The exports that match links against many rules, beside the core.

use arbitrary::Arbitrary;
use jumpqr_core::mapping::{parse_candidates, parse_document};
use jumpqr_core::matching::{Candidate, Mismatch, RuleSet};
use jumpqr_core::rule::RuleState;
use jumpqr_fuzz_capi::*;

use super::given::{Bytes, GivenText, GivenTexts};
use super::outcome::{Wants, hold_faults, made, text};

#[derive(Debug, Arbitrary)]
pub(super) enum MakeRuleSet {
    Json(Bytes),
    Arrays {
        prefixes: GivenTexts,
        states: Option<[i8; 8]>,
    },
}

/// An index, and the core's beside it.
pub(super) struct Indexed {
    pub(super) handle: Option<Box<jumpqr_rule_set>>,
    rules: RuleSet,
}

impl MakeRuleSet {
    pub(super) fn run(&self, wants: Wants) -> Option<Indexed> {
        let (result, faults, expected) = match self {
            Self::Json(json) => {
                let json = json.get();
                let result = made(wants, |rules, error| {
                    // SAFETY: they are as many bytes.
                    unsafe {
                        jumpqr_rule_set_from_json(json.as_ptr().cast(), json.len(), rules, error)
                    }
                });
                let expected = parse_document(&json).and_then(|rules| parse_candidates(&rules));
                (result, vec![], expected.ok())
            }
            Self::Arrays { prefixes, states } => {
                let prefixes = prefixes.texts();
                let numbers = states.map(|states| states.map(|state| i32::from(state % 4)));
                let pointer = numbers
                    .as_ref()
                    .map_or(std::ptr::null(), |states| states.as_ptr());
                let count = prefixes.count;
                if prefixes.is_null() && count > 8 {
                    // There are no more states than that.
                    return None;
                }
                let result = made(wants, |rules, error| {
                    // SAFETY: they are as many texts, and at least as many numbers.
                    unsafe { jumpqr_rule_set_new(prefixes.pointer(), pointer, count, rules, error) }
                });
                let expected = prefixes.read().and_then(|prefixes| {
                    let numbered = prefixes.into_iter().enumerate();
                    let candidates = numbered.map(|(index, prefix)| {
                        let number = numbers.and_then(|states| states.get(index).copied());
                        candidate(prefix, number.unwrap_or_default())
                    });
                    candidates.collect::<Result<Vec<_>, _>>()
                });
                let faults = vec![prefixes.read().err(), expected.as_ref().err().copied()];
                (result, faults, expected.ok())
            }
        };
        if !hold_faults(wants, &result, &faults) {
            assert!(expected.is_none() || !wants.output(), "{:?}", result.err());
            return None;
        }
        let Some(expected) = expected else {
            panic!("an index of what are no rules");
        };
        Some(Indexed {
            handle: result.ok().flatten(),
            rules: RuleSet::new(expected),
        })
    }
}

fn candidate(prefix: &str, state: i32) -> Result<Candidate, jumpqr_status> {
    let candidate = Candidate::new(prefix);
    match state {
        0 => Ok(candidate),
        number => {
            let state = RuleState::from_number(number.into()).ok_or(jumpqr_status::OutOfRange)?;
            Ok(candidate.state(state))
        }
    }
}

impl Indexed {
    pub(super) fn ask(&self, link: &GivenText, wants: Wants) {
        let link = link.text();
        let handle = self.handle.as_deref();
        let result = made(wants, |found, error| {
            // SAFETY: it is NULL, or ends with NUL.
            unsafe { jumpqr_rule_set_match_url(handle, link.pointer(), found, error) }
        });
        let null = handle.is_none().then_some(jumpqr_status::NullArgument);
        let faults = [null, link.read().err()];
        if hold_faults(wants, &result, &faults) {
            let found = result.ok().flatten();
            let expected = self.rules.match_url(link.read().unwrap_or_default());
            let asked = found.as_deref();
            let hit = expected.hit.map(|rule| rule.prefix.as_str());
            assert_eq!(text(jumpqr_link_match_hit(asked)), hit);
            let shadowed = expected.shadowed.map(|rule| rule.prefix.as_str());
            assert_eq!(text(jumpqr_link_match_shadowed(asked)), shadowed);
            assert_eq!(jumpqr_link_match_opens(asked), expected.opens());
            jumpqr_link_match_free(found);
        }
        let result = made(wants, |explanation, error| {
            // SAFETY: it is NULL, or ends with NUL.
            unsafe { jumpqr_rule_set_explain(handle, link.pointer(), explanation, error) }
        });
        if hold_faults(wants, &result, &faults) {
            let explanation = result.ok().flatten();
            let asked = explanation.as_deref();
            let expected: Vec<_> = self
                .rules
                .explain(link.read().unwrap_or_default())
                .collect();
            assert_eq!(jumpqr_explanation_rule_count(asked), expected.len());
            for (index, (rule, reason)) in expected.iter().enumerate() {
                let prefix = text(jumpqr_explanation_prefix(asked, index));
                assert_eq!(prefix, Some(rule.prefix.as_str()));
                let code = reason.err().map(Mismatch::code);
                assert_eq!(text(jumpqr_explanation_code(asked, index)), code);
                let message = reason.err().map(Mismatch::message);
                assert_eq!(text(jumpqr_explanation_message(asked, index)), message);
            }
            assert_eq!(text(jumpqr_explanation_prefix(asked, expected.len())), None);
            jumpqr_explanation_free(explanation);
        }
    }
}
