//! The exports that make a rule, compared with the core.

use arbitrary::Arbitrary;
use jumpqr_core::mapping::{RuleMapping, parse_document, parse_rule};
use jumpqr_core::{Rule, ServiceAccountRule};
use jumpqr_fuzz_capi::*;
use serde_json::json;

use super::checks::check_report;
use super::inputs::{Bytes, InputText, InputTexts};
use super::outcome::{OutPointers, call_for_handle, call_with_sizes, check_faults, read_text};

#[derive(Debug, Arbitrary)]
pub(super) enum MakeRule {
    Json(Bytes),
    OrdinaryLink {
        wrong_size: usize,
        prefix: InputText,
        path: InputText,
        open_version: i8,
        permit_sub_rule: i8,
        debug_url: InputTexts,
    },
    ServiceAccount {
        wrong_size: usize,
        prefix: InputText,
        appid: InputText,
        path: InputText,
    },
}

impl MakeRule {
    /// Makes the rule; `None` if it is refused.
    pub(super) fn run(&self, pointers: OutPointers) -> Option<Box<jumpqr_rule>> {
        let (result, faults, expected) = self.call(pointers);
        if !check_faults(pointers, &result, &faults) {
            let refused = faults.iter().any(Option::is_some) || !pointers.has_output();
            assert!(expected.is_none() || refused, "{:?}", result.err());
            return None;
        }
        let rule = result.ok().flatten();
        let asked = rule.as_deref();
        let Some(expected) = expected else {
            panic!(
                "a rule was made from invalid input: {:?}",
                read_text(jumpqr_rule_prefix(asked))
            );
        };
        assert_eq!(
            read_text(jumpqr_rule_prefix(asked)),
            Some(expected.rule.prefix())
        );
        assert_eq!(
            read_text(jumpqr_rule_path(asked)),
            Some(expected.rule.path())
        );
        let is_edit = expected.is_edit.map_or(-1, |edit| edit.number().into());
        assert_eq!(jumpqr_rule_is_edit(asked), is_edit);
        check_report_of(asked, &expected.rule, pointers);
        rule
    }

    /// Returns the result of the call, the faults of its inputs, and the core's rule.
    fn call(&self, pointers: OutPointers) -> CallOutcome {
        match self {
            Self::Json(json) => from_json(&json.get(), pointers),
            Self::OrdinaryLink {
                wrong_size,
                prefix,
                path,
                open_version,
                permit_sub_rule,
                debug_url,
            } => {
                let (prefix, path, links) =
                    (prefix.to_text(), path.to_text(), debug_url.to_texts());
                let fields = |size| jumpqr_ordinary_link_rule {
                    size,
                    prefix: prefix.pointer(),
                    path: path.pointer(),
                    open_version: (open_version % 5).into(),
                    permit_sub_rule: (permit_sub_rule % 4).into(),
                    debug_url: links.pointer(),
                    debug_url_count: links.count,
                };
                let result = call_with_sizes::<jumpqr_ordinary_link_rule, _>(
                    *wrong_size,
                    pointers,
                    |size| {
                        let fields = fields(size);
                        call_for_handle(pointers, |rule, error| {
                            // SAFETY: the struct is complete, whatever `size` says, and its texts
                            // end with NUL.
                            unsafe {
                                jumpqr_rule_from_ordinary_link(&raw const fields, rule, error)
                            }
                        })
                    },
                );
                let given = prefix.read().and_then(|prefix| {
                    let debug_url = Some(links.read()?).filter(|_| !links.is_null());
                    Ok(json!({
                        "prefix": prefix,
                        "path": path.read()?,
                        "open_version": open_version % 5,
                        "permit_sub_rule": permit_sub_rule % 4,
                        "debug_url": debug_url,
                    }))
                });
                let faults = vec![prefix.read().err(), path.read().err(), links.read().err()];
                (
                    result,
                    faults,
                    given.ok().and_then(|given| parse_rule(&given).ok()),
                )
            }
            Self::ServiceAccount {
                wrong_size,
                prefix,
                appid,
                path,
            } => {
                let (prefix, appid, path) = (prefix.to_text(), appid.to_text(), path.to_text());
                let fields = |size| jumpqr_service_account_rule {
                    size,
                    prefix: prefix.pointer(),
                    appid: appid.pointer(),
                    path: path.pointer(),
                };
                let result = call_with_sizes::<jumpqr_service_account_rule, _>(
                    *wrong_size,
                    pointers,
                    |size| {
                        let fields = fields(size);
                        call_for_handle(pointers, |rule, error| {
                            // SAFETY: the struct is complete, whatever `size` says, and its texts
                            // end with NUL.
                            unsafe {
                                jumpqr_rule_from_service_account(&raw const fields, rule, error)
                            }
                        })
                    },
                );
                let faults = vec![prefix.read().err(), appid.read().err(), path.read().err()];
                let expected = prefix.read().and_then(|prefix| {
                    let rule = ServiceAccountRule::new(prefix, appid.read()?, path.read()?);
                    Ok(RuleMapping {
                        rule: rule.into(),
                        is_edit: None,
                    })
                });
                (result, faults, expected.ok())
            }
        }
    }
}

fn from_json(json: &[u8], pointers: OutPointers) -> CallOutcome {
    let result = call_for_handle(pointers, |rule, error| {
        // SAFETY: the pointer and the length belong to one slice.
        unsafe { jumpqr_rule_from_json(json.as_ptr().cast(), json.len(), rule, error) }
    });
    let expected = parse_document(json).and_then(|mapping| parse_rule(&mapping));
    (result, vec![], expected.ok())
}

type RuleResult = Result<Option<Box<jumpqr_rule>>, jumpqr_status>;

type CallOutcome = (RuleResult, Vec<Option<jumpqr_status>>, Option<RuleMapping>);

fn check_report_of(rule: Option<&jumpqr_rule>, expected: &Rule, pointers: OutPointers) {
    let report = call_for_handle(pointers, |report, error| {
        jumpqr_check_rule(rule, report, error)
    });
    if let Ok(report) = report {
        check_report(report, &expected.check());
    }
}
