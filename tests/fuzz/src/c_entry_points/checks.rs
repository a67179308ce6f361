//! The exports that check a request, compared with the core.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use arbitrary::Arbitrary;
use jumpqr_core::RuleKey;
use jumpqr_core::check::{CheckReport, Finding};
use jumpqr_core::interface::{
    ClearQuota, GetApiQuota, GetJumpQRCode, GetRidInfo, Interface, LinkMiniprogram,
    UnlinkMiniprogram,
};
use jumpqr_core::mapping::check_document;
use jumpqr_fuzz_capi::*;

use super::inputs::{Bytes, InputText, InputTexts};
use super::outcome::{OutPointers, borrow, call_for_handle, check_faults, read_text};

#[derive(Debug, Arbitrary)]
pub(super) enum Check {
    Json(Bytes),
    Key {
        prefix: InputText,
        appid: InputText,
    },
    Latest {
        appid: InputText,
    },
    ByPrefix {
        appid: InputText,
        prefixes: InputTexts,
    },
    ByPage {
        appid: InputText,
        num: u32,
        size: u32,
    },
    Link {
        appid: InputText,
        flags: (bool, bool),
    },
    Unlink {
        appid: InputText,
    },
    Quota {
        cgi_path: InputText,
    },
    Rid {
        rid: InputText,
    },
    Clear {
        appid: InputText,
    },
}

/// What a check returned, which misuse may be why, and the report that is expected.
type Checked = (
    Result<Option<Box<jumpqr_check_report>>, jumpqr_status>,
    Vec<Option<jumpqr_status>>,
    Option<CheckReport>,
);

type TextCheck = unsafe extern "C" fn(
    *const c_char,
    Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status;

/// Calls a check of one text. `expected` is the check of the core.
fn check_text(
    check: TextCheck,
    text: &InputText,
    pointers: OutPointers,
    expected: impl FnOnce(String) -> CheckReport,
) -> Checked {
    let text = text.to_text();
    let result = call_for_handle(pointers, |report, error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { check(text.pointer(), report, error) }
    });
    let read = text.read().map(str::to_owned);
    (result, vec![text.read().err()], read.ok().map(expected))
}

fn check_link(appid: &InputText, flags: (bool, bool), pointers: OutPointers) -> Checked {
    let appid = appid.to_text();
    let result = call_for_handle(pointers, |report, error| {
        let (notify_users, show_profile) = flags;
        // SAFETY: the text is NULL or ends with NUL.
        unsafe {
            jumpqr_check_link_miniprogram(
                appid.pointer(),
                notify_users,
                show_profile,
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
    let faults = vec![appid.read().err()];
    (result, faults, call.ok().map(|call| call.check()))
}

impl Check {
    pub(super) fn run(&self, pointers: OutPointers) {
        let (result, faults, expected) = match self {
            Self::Json(json) => {
                let json = json.get();
                let result = call_for_handle(pointers, |report, error| {
                    // SAFETY: the pointer and the length belong to one slice.
                    unsafe { jumpqr_check_json(json.as_ptr().cast(), json.len(), report, error) }
                });
                (result, vec![], Some(check_document(&json)))
            }
            Self::Key { prefix, appid } => {
                let (prefix, appid) = (prefix.to_text(), appid.to_text());
                let result = call_for_handle(pointers, |report, error| {
                    // SAFETY: both texts are NULL or end with NUL.
                    unsafe {
                        jumpqr_check_rule_key(prefix.pointer(), appid.pointer(), report, error)
                    }
                });
                let key = key(prefix.read(), appid.read_optional());
                let faults = vec![prefix.read().err(), appid.read_optional().err()];
                (result, faults, key.ok().map(|key| key.check()))
            }
            Self::Latest { appid } => {
                check_text(jumpqr_check_get_latest, appid, pointers, |appid| {
                    GetJumpQRCode::Latest { appid }.check()
                })
            }
            Self::ByPrefix { appid, prefixes } => {
                let (appid, prefixes) = (appid.to_text(), prefixes.to_texts());
                let result = call_for_handle(pointers, |report, error| {
                    let (list, count) = (prefixes.pointer(), prefixes.count);
                    // SAFETY: the text is NULL or ends with NUL, and there are `count` prefixes.
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
                let appid = appid.to_text();
                let result = call_for_handle(pointers, |report, error| {
                    // SAFETY: the text is NULL or ends with NUL.
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
            Self::Link { appid, flags } => check_link(appid, *flags, pointers),
            Self::Unlink { appid } => {
                check_text(jumpqr_check_unlink_miniprogram, appid, pointers, |appid| {
                    UnlinkMiniprogram { appid }.check()
                })
            }
            Self::Quota { cgi_path } => {
                check_text(jumpqr_check_get_api_quota, cgi_path, pointers, |cgi_path| {
                    GetApiQuota { cgi_path }.check()
                })
            }
            Self::Rid { rid } => check_text(jumpqr_check_get_rid_info, rid, pointers, |rid| {
                GetRidInfo { rid }.check()
            }),
            Self::Clear { appid } => {
                check_text(jumpqr_check_clear_quota, appid, pointers, |appid| {
                    ClearQuota { appid }.check()
                })
            }
        };
        check_faults(pointers, &result, &faults);
        if let (Ok(report), Some(expected)) = (result, expected) {
            check_report(report, &expected);
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

pub(super) fn check_report(report: Option<Box<jumpqr_check_report>>, expected: &CheckReport) {
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
    // One index past the end: there is no finding.
    for index in 0..=expected.violations.len() {
        let found = borrow(jumpqr_check_report_violation(asked, index));
        check_finding(found, expected.violations.get(index));
    }
    for index in 0..=expected.warnings.len() {
        let found = borrow(jumpqr_check_report_warning(asked, index));
        check_finding(found, expected.warnings.get(index));
    }
    jumpqr_check_report_free(report);
}

fn check_finding(found: Option<&jumpqr_finding>, expected: Option<&Finding>) {
    assert_eq!(found.is_some(), expected.is_some());
    let field = expected.map(|finding| finding.field.as_str());
    assert_eq!(read_text(jumpqr_finding_field(found)), field);
    let code = expected.map(|finding| finding.code.name());
    assert_eq!(read_text(jumpqr_finding_code(found)), code);
    let message = expected.map(|finding| finding.message.as_str());
    assert_eq!(read_text(jumpqr_finding_message(found)), message);
}
