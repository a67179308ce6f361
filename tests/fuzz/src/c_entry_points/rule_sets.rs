//! The exports that match links against many rules, compared with the core.

use arbitrary::Arbitrary;
use jumpqr_core::OpenVersion;
use jumpqr_core::mapping::parse_rule_set_document;
use jumpqr_core::matching::{Candidate, Mismatch, RuleSet};
use jumpqr_core::rule::RuleState;
use jumpqr_fuzz_capi::*;

use super::inputs::{Bytes, InputText, InputTexts};
use super::outcome::{OutPointers, call_for_handle, check_faults, read_text};

#[derive(Debug, Arbitrary)]
pub(super) enum MakeRuleSet {
    Json(Bytes),
    Arrays {
        prefixes: InputTexts,
        states: Option<[i8; 8]>,
    },
}

/// A rule set of the C library, and the same rule set of the core.
pub(super) struct RuleSetPair {
    pub(super) handle: Option<Box<jumpqr_rule_set>>,
    rules: RuleSet,
}

impl MakeRuleSet {
    pub(super) fn run(&self, pointers: OutPointers) -> Option<RuleSetPair> {
        let (result, faults, expected) = match self {
            Self::Json(json) => {
                let json = json.get();
                let result = call_for_handle(pointers, |rules, error| {
                    // SAFETY: the pointer and the length belong to one slice.
                    unsafe {
                        jumpqr_rule_set_from_json(json.as_ptr().cast(), json.len(), rules, error)
                    }
                });
                let expected = parse_rule_set_document(&json);
                (result, vec![], expected.ok())
            }
            Self::Arrays { prefixes, states } => {
                let prefixes = prefixes.to_texts();
                let numbers = states.map(|states| states.map(|state| i32::from(state % 4)));
                let pointer = numbers
                    .as_ref()
                    .map_or(std::ptr::null(), |states| states.as_ptr());
                let count = prefixes.count;
                if prefixes.is_null() && count > 8 {
                    // There are only 8 states.
                    return None;
                }
                let result = call_for_handle(pointers, |rules, error| {
                    // SAFETY: there are `count` texts, and at least `count` numbers.
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
                (result, faults, expected.ok().map(RuleSet::new))
            }
        };
        if !check_faults(pointers, &result, &faults) {
            assert!(
                expected.is_none() || !pointers.has_output(),
                "{:?}",
                result.err()
            );
            return None;
        }
        let Some(expected) = expected else {
            panic!("a rule set was made from invalid rules");
        };
        Some(RuleSetPair {
            handle: result.ok().flatten(),
            rules: expected,
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

impl RuleSetPair {
    pub(super) fn check_link(&self, link: &InputText, pointers: OutPointers) {
        let link = link.to_text();
        let handle = self.handle.as_deref();
        let result = call_for_handle(pointers, |found, error| {
            // SAFETY: the text is NULL or ends with NUL.
            unsafe { jumpqr_rule_set_match_url(handle, link.pointer(), found, error) }
        });
        let null = handle.is_none().then_some(jumpqr_status::NullArgument);
        let faults = [null, link.read().err()];
        if check_faults(pointers, &result, &faults) {
            let found = result.ok().flatten();
            let expected = self.rules.match_url(link.read().unwrap_or_default());
            let asked = found.as_deref();
            let hit = expected.hit.map(|rule| rule.prefix.as_str());
            assert_eq!(read_text(jumpqr_link_match_hit(asked)), hit);
            let shadowed = expected.shadowed.map(|rule| rule.prefix.as_str());
            assert_eq!(read_text(jumpqr_link_match_shadowed(asked)), shadowed);
            assert_eq!(jumpqr_link_match_opens(asked), expected.opens());
            let for_testers = jumpqr_link_match_opens_for_testers(asked);
            assert_eq!(for_testers, expected.opens_for_testers());
            let version = expected.test_version().map_or(0, OpenVersion::number);
            assert_eq!(jumpqr_link_match_test_version(asked), i32::from(version));
            assert_eq!(read_text(jumpqr_link_match_path(asked)), expected.path());
            let count = expected.obstacles.len();
            assert_eq!(jumpqr_link_match_obstacle_count(asked), count);
            for (index, obstacle) in expected.obstacles.iter().enumerate() {
                let code = read_text(jumpqr_link_match_obstacle_code(asked, index));
                assert_eq!(code, Some(obstacle.name()));
                let message = read_text(jumpqr_link_match_obstacle_message(asked, index));
                assert_eq!(message, Some(obstacle.message()));
            }
            assert_eq!(
                read_text(jumpqr_link_match_obstacle_code(asked, count)),
                None
            );
            jumpqr_link_match_free(found);
        }
        let result = call_for_handle(pointers, |explanation, error| {
            // SAFETY: the text is NULL or ends with NUL.
            unsafe { jumpqr_rule_set_explain(handle, link.pointer(), explanation, error) }
        });
        if check_faults(pointers, &result, &faults) {
            let explanation = result.ok().flatten();
            let asked = explanation.as_deref();
            let expected: Vec<_> = self
                .rules
                .explain(link.read().unwrap_or_default())
                .collect();
            assert_eq!(jumpqr_explanation_rule_count(asked), expected.len());
            for (index, (rule, reason)) in expected.iter().enumerate() {
                let prefix = read_text(jumpqr_explanation_prefix(asked, index));
                assert_eq!(prefix, Some(rule.prefix.as_str()));
                let code = reason.err().map(Mismatch::name);
                assert_eq!(read_text(jumpqr_explanation_code(asked, index)), code);
                let message = reason.err().map(Mismatch::message);
                assert_eq!(read_text(jumpqr_explanation_message(asked, index)), message);
            }
            assert_eq!(
                read_text(jumpqr_explanation_prefix(asked, expected.len())),
                None
            );
            jumpqr_explanation_free(explanation);
        }
    }
}
