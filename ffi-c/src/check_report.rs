use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr::from_ref;

use jumpqr::check::CheckReport;
use jumpqr::interface::Interface;
use jumpqr::mapping::check_document;

use crate::argument::array;
use crate::interface::{
    by_page, by_prefix, clear, latest, link, quota, rid_info, rule_key, unlink,
};
use crate::{guard, jumpqr_error, jumpqr_finding, jumpqr_rule, jumpqr_status, present, produce};

/// All violations and warnings of a request, found offline. A request with violations is not sent;
/// a request with warnings only is sent.
///
/// Free it with `jumpqr_check_report_free`, exactly once. Any number of threads may read it at the
/// same time.
pub struct jumpqr_check_report {
    violations: Vec<jumpqr_finding>,
    warnings: Vec<jumpqr_finding>,
}

impl From<CheckReport> for jumpqr_check_report {
    fn from(report: CheckReport) -> Self {
        Self {
            violations: jumpqr_finding::list(&report.violations),
            warnings: jumpqr_finding::list(&report.warnings),
        }
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
    produce(report, "report", error, || {
        Ok(present(rule, "rule")?.0.rule.check())
    })
}

/// Checks a rule as a JSON object with the wire names. `json` is `size` untrusted bytes: if they
/// are not UTF-8 or not JSON, the report says so. The report is to be freed.
///
/// NULL is allowed for `error`, and for `json` if `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_json(
    json: *const c_char,
    size: usize,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes `size` bytes.
        let json = unsafe { array(json.cast::<u8>(), size, "json") }?;
        Ok(check_document(json))
    })
}

/// Checks the key of a rule, by which publishJumpQRCode and deleteJumpQRCode name it. In
/// ordinary-link mode, `appid` is NULL. The report is to be freed.
///
/// NULL is allowed for `error` and `appid`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_rule_key(
    prefix: *const c_char,
    appid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        Ok(unsafe { rule_key(prefix, appid) }?.check())
    })
}

/// Checks the arguments of `jumpqr_get_jump_qr_code_latest`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_latest(
    appid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { latest(appid) }?.check())
    })
}

/// Checks the arguments of `jumpqr_get_jump_qr_code_by_prefix`. The report is to be freed.
///
/// NULL is allowed for `error`, and for `prefix_list` if `prefix_count` is 0. Status:
/// `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_by_prefix(
    appid: *const c_char,
    prefix_list: *const *const c_char,
    prefix_count: usize,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        Ok(unsafe { by_prefix(appid, prefix_list, prefix_count) }?.check())
    })
}

/// Checks the arguments of `jumpqr_get_jump_qr_code_by_page`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_by_page(
    appid: *const c_char,
    page_num: u32,
    page_size: u32,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { by_page(appid, page_num, page_size) }?.check())
    })
}

/// Checks the arguments of `jumpqr_link_miniprogram`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_link_miniprogram(
    appid: *const c_char,
    notify_users: bool,
    show_profile: bool,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { link(appid, notify_users, show_profile) }?.check())
    })
}

/// Checks the argument of `jumpqr_unlink_miniprogram`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_unlink_miniprogram(
    appid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { unlink(appid) }?.check())
    })
}

/// Checks the argument of `jumpqr_get_api_quota`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_api_quota(
    cgi_path: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { quota(cgi_path) }?.check())
    })
}

/// Checks the argument of `jumpqr_get_rid_info`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_get_rid_info(
    rid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { rid_info(rid) }?.check())
    })
}

/// Checks the argument of `jumpqr_clear_quota`. The report is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_check_clear_quota(
    appid: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_check_report>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(unsafe { clear(appid) }?.check())
    })
}

/// Frees a report and all findings read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_free(report: Option<Box<jumpqr_check_report>>) {
    guard(|| report.map(drop));
}

/// Returns whether there is no violation. `false` if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_is_valid(report: Option<&jumpqr_check_report>) -> bool {
    guard(|| Some(report?.violations.is_empty()))
}

/// Returns the number of violations. 0 if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_violation_count(
    report: Option<&jumpqr_check_report>,
) -> usize {
    guard(|| Some(report?.violations.len()))
}

/// Returns violation number `index`, from 0. It lives as long as the report. NULL if there is no
/// such violation, or if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_violation(
    report: Option<&jumpqr_check_report>,
    index: usize,
) -> *const jumpqr_finding {
    guard(|| report?.violations.get(index).map(from_ref))
}

/// Returns the number of warnings. 0 if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_warning_count(report: Option<&jumpqr_check_report>) -> usize {
    guard(|| Some(report?.warnings.len()))
}

/// Returns warning number `index`, from 0. It lives as long as the report. NULL if there is no such
/// warning, or if `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_check_report_warning(
    report: Option<&jumpqr_check_report>,
    index: usize,
) -> *const jumpqr_finding {
    guard(|| report?.warnings.get(index).map(from_ref))
}
