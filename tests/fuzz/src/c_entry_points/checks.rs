//! The exports that check a request, beside the core.

use arbitrary::Arbitrary;
use jumpqr_core::RuleKey;
use jumpqr_core::check::{CheckReport, Finding};
use jumpqr_core::interface::{GetJumpQRCode, Interface, LinkMiniprogram};
use jumpqr_core::mapping::check_document;
use jumpqr_fuzz_capi::*;

use super::given::{Bytes, GivenText, GivenTexts};
use super::outcome::{Wants, borrowed, hold_faults, made, text};

#[derive(Debug, Arbitrary)]
pub(super) enum Check {
    Json(Bytes),
    Key {
        prefix: GivenText,
        appid: GivenText,
    },
    Latest {
        appid: GivenText,
    },
    ByPrefix {
        appid: GivenText,
        prefixes: GivenTexts,
    },
    ByPage {
        appid: GivenText,
        num: u32,
        size: u32,
    },
    Link {
        appid: GivenText,
        flags: (bool, bool),
    },
}

impl Check {
    pub(super) fn run(&self, wants: Wants) {
        let (result, faults, expected) = match self {
            Self::Json(json) => {
                let json = json.get();
                let result = made(wants, |report, error| {
                    // SAFETY: they are as many bytes.
                    unsafe { jumpqr_check_json(json.as_ptr().cast(), json.len(), report, error) }
                });
                (result, vec![], Some(check_document(&json)))
            }
            Self::Key { prefix, appid } => {
                let (prefix, appid) = (prefix.text(), appid.text());
                let result = made(wants, |report, error| {
                    // SAFETY: both are NULL, or end with NUL.
                    unsafe {
                        jumpqr_check_rule_key(prefix.pointer(), appid.pointer(), report, error)
                    }
                });
                let key = key(prefix.read(), appid.read_optional());
                let faults = vec![prefix.read().err(), appid.read_optional().err()];
                (result, faults, key.ok().map(|key| key.check()))
            }
            Self::Latest { appid } => {
                let appid = appid.text();
                let result = made(wants, |report, error| {
                    // SAFETY: it is NULL, or ends with NUL.
                    unsafe { jumpqr_check_get_latest(appid.pointer(), report, error) }
                });
                let call = appid.read().map(|appid| GetJumpQRCode::Latest {
                    appid: appid.to_owned(),
                });
                (
                    result,
                    vec![appid.read().err()],
                    call.ok().map(|call| call.check()),
                )
            }
            Self::ByPrefix { appid, prefixes } => {
                let (appid, prefixes) = (appid.text(), prefixes.texts());
                let result = made(wants, |report, error| {
                    let (list, count) = (prefixes.pointer(), prefixes.count);
                    // SAFETY: it is NULL, or ends with NUL; and they are as many texts.
                    unsafe {
                        jumpqr_check_get_by_prefix(appid.pointer(), list, count, report, error)
                    }
                });
                let call = appid.read().and_then(|appid| {
                    Ok(GetJumpQRCode::ByPrefix {
                        appid: appid.to_owned(),
                        prefix_list: prefixes.read()?.into_iter().map(str::to_owned).collect(),
                    })
                });
                let faults = vec![appid.read().err(), prefixes.read().err()];
                (result, faults, call.ok().map(|call| call.check()))
            }
            Self::ByPage { appid, num, size } => {
                let appid = appid.text();
                let result = made(wants, |report, error| {
                    // SAFETY: it is NULL, or ends with NUL.
                    unsafe { jumpqr_check_get_by_page(appid.pointer(), *num, *size, report, error) }
                });
                let call = appid.read().map(|appid| GetJumpQRCode::ByPage {
                    appid: appid.to_owned(),
                    page_num: *num,
                    page_size: *size,
                });
                (
                    result,
                    vec![appid.read().err()],
                    call.ok().map(|call| call.check()),
                )
            }
            Self::Link { appid, flags } => {
                let appid = appid.text();
                let result = made(wants, |report, error| {
                    // SAFETY: it is NULL, or ends with NUL.
                    unsafe {
                        jumpqr_check_link_miniprogram(
                            appid.pointer(),
                            flags.0,
                            flags.1,
                            report,
                            error,
                        )
                    }
                });
                let call = appid.read().map(|appid| LinkMiniprogram {
                    appid: appid.to_owned(),
                    notify_users: flags.0,
                    show_profile: flags.1,
                });
                (
                    result,
                    vec![appid.read().err()],
                    call.ok().map(|call| call.check()),
                )
            }
        };
        hold_faults(wants, &result, &faults);
        if let (Ok(report), Some(expected)) = (result, expected) {
            hold_report(report, &expected);
        }
    }
}

pub(super) fn key(
    prefix: Result<&str, jumpqr_status>,
    appid: Result<Option<&str>, jumpqr_status>,
) -> Result<RuleKey, jumpqr_status> {
    let prefix = prefix?;
    Ok(match appid? {
        Some(appid) => RuleKey::service_account(prefix, appid),
        None => RuleKey::ordinary_link(prefix),
    })
}

pub(super) fn hold_report(report: Option<Box<jumpqr_check_report>>, expected: &CheckReport) {
    let asked = report.as_deref();
    assert!(asked.is_some());
    assert_eq!(jumpqr_check_report_is_valid(asked), expected.is_valid());
    assert_eq!(
        jumpqr_check_report_violation_count(asked),
        expected.violations.len()
    );
    assert_eq!(
        jumpqr_check_report_warning_count(asked),
        expected.warnings.len()
    );
    // One more than there are: there is none at that place.
    for index in 0..=expected.violations.len() {
        let found = borrowed(jumpqr_check_report_violation(asked, index));
        hold_finding(found, expected.violations.get(index));
    }
    for index in 0..=expected.warnings.len() {
        let found = borrowed(jumpqr_check_report_warning(asked, index));
        hold_finding(found, expected.warnings.get(index));
    }
    jumpqr_check_report_free(report);
}

fn hold_finding(found: Option<&jumpqr_finding>, expected: Option<&Finding>) {
    assert_eq!(found.is_some(), expected.is_some());
    let field = expected.map(|finding| finding.field.as_str());
    assert_eq!(text(jumpqr_finding_field(found)), field);
    let code = expected.map(|finding| finding.code.name());
    assert_eq!(text(jumpqr_finding_code(found)), code);
    let message = expected.map(|finding| finding.message.as_str());
    assert_eq!(text(jumpqr_finding_message(found)), message);
}
