//! The exports that make a rule, beside the core.

use std::mem::size_of;

use arbitrary::Arbitrary;
use jumpqr_core::mapping::{RuleMapping, parse_document, parse_rule};
use jumpqr_core::{Rule, ServiceAccountRule};
use jumpqr_fuzz_capi::*;
use serde_json::json;

use super::checks::hold_report;
use super::given::{Bytes, GivenText, GivenTexts};
use super::outcome::{Wants, hold_faults, made, text};

#[derive(Debug, Arbitrary)]
pub(super) enum MakeRule {
    Json(Bytes),
    OrdinaryLink {
        wrong_size: usize,
        prefix: GivenText,
        path: GivenText,
        open_version: i8,
        permit_sub_rule: i8,
        debug_url: GivenTexts,
    },
    ServiceAccount {
        wrong_size: usize,
        prefix: GivenText,
        appid: GivenText,
        path: GivenText,
    },
}

impl MakeRule {
    /// The rule, if the call and what it was given are proper.
    pub(super) fn run(&self, wants: Wants) -> Option<Box<jumpqr_rule>> {
        let (result, faults, expected) = self.call(wants);
        if !hold_faults(wants, &result, &faults) {
            let refused = faults.iter().any(Option::is_some) || !wants.output();
            assert!(expected.is_none() || refused, "{:?}", result.err());
            return None;
        }
        let rule = result.ok().flatten();
        let asked = rule.as_deref();
        let Some(expected) = expected else {
            panic!(
                "a rule of what is none: {:?}",
                text(jumpqr_rule_prefix(asked))
            );
        };
        assert_eq!(
            text(jumpqr_rule_prefix(asked)),
            Some(expected.rule.prefix())
        );
        assert_eq!(text(jumpqr_rule_path(asked)), Some(expected.rule.path()));
        let is_edit = expected.is_edit.map_or(-1, |edit| edit.number().into());
        assert_eq!(jumpqr_rule_is_edit(asked), is_edit);
        hold_check_of(asked, &expected.rule, wants);
        rule
    }

    /// The handle, with what the call may be refused, and what the core makes of the same.
    fn call(&self, wants: Wants) -> Called {
        match self {
            Self::Json(json) => from_json(&json.get(), wants),
            Self::OrdinaryLink {
                wrong_size,
                prefix,
                path,
                open_version,
                permit_sub_rule,
                debug_url,
            } => {
                let (prefix, path, links) = (prefix.text(), path.text(), debug_url.texts());
                let fields = |size| jumpqr_ordinary_link_rule {
                    size,
                    prefix: prefix.pointer(),
                    path: path.pointer(),
                    open_version: (open_version % 5).into(),
                    permit_sub_rule: (permit_sub_rule % 4).into(),
                    debug_url: links.pointer(),
                    debug_url_count: links.count,
                };
                let result = of_right_size::<jumpqr_ordinary_link_rule>(*wrong_size, |size| {
                    let fields = fields(size);
                    made(wants, |rule, error| {
                        // SAFETY: whatever its size says, it is a whole struct, with texts that end with NUL.
                        unsafe { jumpqr_rule_from_ordinary_link(&raw const fields, rule, error) }
                    })
                });
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
                let (prefix, appid, path) = (prefix.text(), appid.text(), path.text());
                let fields = |size| jumpqr_service_account_rule {
                    size,
                    prefix: prefix.pointer(),
                    appid: appid.pointer(),
                    path: path.pointer(),
                };
                let result = of_right_size::<jumpqr_service_account_rule>(*wrong_size, |size| {
                    let fields = fields(size);
                    made(wants, |rule, error| {
                        // SAFETY: whatever its size says, it is a whole struct, with texts that end with NUL.
                        unsafe { jumpqr_rule_from_service_account(&raw const fields, rule, error) }
                    })
                });
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

/// The result with a struct that says its right size. One that says another is refused for that alone: it must not be read.
fn of_right_size<T>(wrong: usize, call: impl Fn(usize) -> Made) -> Made {
    let right = size_of::<T>();
    for size in [wrong, right - 1, right + 1] {
        let refused = call(size).err();
        assert!(
            size == right || refused == Some(jumpqr_status::StructSize),
            "{size}"
        );
    }
    call(right)
}

fn from_json(json: &[u8], wants: Wants) -> Called {
    let result = made(wants, |rule, error| {
        // SAFETY: they are as many bytes.
        unsafe { jumpqr_rule_from_json(json.as_ptr().cast(), json.len(), rule, error) }
    });
    let expected = parse_document(json).and_then(|mapping| parse_rule(&mapping));
    (result, vec![], expected.ok())
}

type Made = Result<Option<Box<jumpqr_rule>>, jumpqr_status>;

type Called = (Made, Vec<Option<jumpqr_status>>, Option<RuleMapping>);

fn hold_check_of(rule: Option<&jumpqr_rule>, expected: &Rule, wants: Wants) {
    let report = made(wants, |report, error| {
        jumpqr_check_rule(rule, report, error)
    });
    if let Ok(report) = report {
        hold_report(report, &expected.check());
    }
}
