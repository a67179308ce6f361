use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr::from_ref;

use jumpqr::check::CheckReport;
use jumpqr::interface::{GetJumpQRCode, Interface, LinkMiniprogram};
use jumpqr::mapping::check_document;

use crate::argument::{array, present, text};
use crate::error::jumpqr_error;
use crate::finding::jumpqr_finding;
use crate::guard::{attempt, guard};
use crate::interface::{by_prefix, rule_key};
use crate::rule::jumpqr_rule;
use crate::status::jumpqr_status;

/// All violations and all warnings of a request, found offline. A request with violations is not sent; one with warnings is.
///
/// Free it with `jumpqr_check_report_free`, exactly once. Any number of threads may read it at the same time.
pub struct jumpqr_check_report {
    violations: Vec<jumpqr_finding>,
    warnings: Vec<jumpqr_finding>,
}

impl jumpqr_check_report {
    fn raw(report: &CheckReport) -> *mut Self {
        Box::into_raw(Box::new(Self {
            violations: report.violations.iter().map(Into::into).collect(),
            warnings: report.warnings.iter().map(Into::into).collect(),
        }))
    }
}

/// Checks a rule. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_rule(
    rule: Option<&jumpqr_rule>,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let rule = present(rule, "rule")?;
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(&rule.rule.check()));
        Ok(())
    })
}

/// Checks a rule as a JSON object with the wire names: `size` bytes, of which nobody knows yet whether they are UTF-8 or
/// JSON. The report is to be freed.
///
/// NULL is allowed for `error`, and for `json` where `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_json(
    json: *const c_char,
    size: usize,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        let json = unsafe { array(json.cast::<u8>(), size, "json") }?;
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(&check_document(json)));
        Ok(())
    })
}

/// Checks what publishJumpQRCode and deleteJumpQRCode name a rule by. `appid` is NULL in ordinary-link mode. The report is to
/// be freed.
///
/// NULL is allowed for `error` and `appid`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_rule_key(
    prefix: *const c_char,
    appid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let key = unsafe { rule_key(prefix, appid) }?;
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(&key.check()));
        Ok(())
    })
}

/// Checks a getJumpQRCode of the latest rules. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_latest(
    appid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(appid, "appid") }?.to_owned();
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(
            &GetJumpQRCode::Latest { appid }.check(),
        ));
        Ok(())
    })
}

/// Checks a getJumpQRCode by `prefix_count` prefixes. The report is to be freed.
///
/// NULL is allowed for `error`, and for `prefix_list` where `prefix_count` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_by_prefix(
    appid: *const c_char,
    prefix_list: *const *const c_char,
    prefix_count: usize,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let call = unsafe { by_prefix(appid, prefix_list, prefix_count) }?;
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(&call.check()));
        Ok(())
    })
}

/// Checks a getJumpQRCode by page. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_by_page(
    appid: *const c_char,
    page_num: u32,
    page_size: u32,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(appid, "appid") }?.to_owned();
        let call = GetJumpQRCode::ByPage {
            appid,
            page_num,
            page_size,
        };
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(&call.check()));
        Ok(())
    })
}

/// Checks a linkMiniprogram. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_link_miniprogram(
    appid: *const c_char,
    notify_users: bool,
    show_profile: bool,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(appid, "appid") }?.to_owned();
        let call = LinkMiniprogram {
            appid,
            notify_users,
            show_profile,
        };
        let report = present(report, "report")?;
        report.write(jumpqr_check_report::raw(&call.check()));
        Ok(())
    })
}

/// Frees a report and every finding that was asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_free(report: Option<Box<jumpqr_check_report>>) {
    guard(|| {
        drop(report);
        Some(())
    });
}

/// Whether there is no violation; `false` of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_is_valid(report: Option<&jumpqr_check_report>) -> bool {
    guard(|| Some(report?.violations.is_empty()))
}

/// The number of violations. 0 if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_violation_count(
    report: Option<&jumpqr_check_report>,
) -> usize {
    guard(|| Some(report?.violations.len()))
}

/// The violation number `index`, from 0; NULL where there is none. It lives as long as the report. NULL if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_violation(
    report: Option<&jumpqr_check_report>,
    index: usize,
) -> *const jumpqr_finding {
    guard(|| report?.violations.get(index).map(from_ref))
}

/// The number of warnings. 0 if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_warning_count(report: Option<&jumpqr_check_report>) -> usize {
    guard(|| Some(report?.warnings.len()))
}

/// The warning number `index`, from 0; NULL where there is none. It lives as long as the report. NULL if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_warning(
    report: Option<&jumpqr_check_report>,
    index: usize,
) -> *const jumpqr_finding {
    guard(|| report?.warnings.get(index).map(from_ref))
}
