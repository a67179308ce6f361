use jumpqr::interface::ApiQuota;

use crate::guard;
use crate::object::number;

/// How often an account may call an interface, and how often it has called it today.
///
/// Free it with `jumpqr_api_quota_free`, exactly once. It stays valid after the client is freed. Any
/// number of threads may read it at the same time.
pub struct jumpqr_api_quota(pub(crate) ApiQuota);

/// Frees a quota. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_free(quota: Option<Box<jumpqr_api_quota>>) {
    guard(|| quota.map(drop));
}

/// Returns the calls that the account may make in a day. -1 if the response omits it, or if `quota`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_daily_limit(quota: Option<&jumpqr_api_quota>) -> i64 {
    guard(|| number(quota?.0.quota.daily_limit))
}

/// Returns the calls that the account has made today. -1 if the response omits it, or if `quota` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_used(quota: Option<&jumpqr_api_quota>) -> i64 {
    guard(|| number(quota?.0.quota.used))
}

/// Returns the calls that are left today. -1 if the response omits it, or if `quota` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_remain(quota: Option<&jumpqr_api_quota>) -> i64 {
    guard(|| number(quota?.0.quota.remain))
}

/// Returns the number of calls of the limit of the pace. -1 if the response omits it, or if `quota`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_rate_limit_call_count(quota: Option<&jumpqr_api_quota>) -> i64 {
    guard(|| number(quota?.0.rate_limit?.call_count))
}

/// Returns the time of the limit of the pace, in seconds. -1 if the response omits it, or if
/// `quota` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_rate_limit_refresh_second(
    quota: Option<&jumpqr_api_quota>,
) -> i64 {
    guard(|| number(quota?.0.rate_limit?.refresh_second))
}

/// Returns the number of calls of the limit of the pace of a third-party platform that calls for
/// the account. -1 if the response omits it, or if `quota` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_component_rate_limit_call_count(
    quota: Option<&jumpqr_api_quota>,
) -> i64 {
    guard(|| number(quota?.0.component_rate_limit?.call_count))
}

/// Returns the time of the limit of the pace of a third-party platform that calls for the account,
/// in seconds. -1 if the response omits it, or if `quota` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_api_quota_component_rate_limit_refresh_second(
    quota: Option<&jumpqr_api_quota>,
) -> i64 {
    guard(|| number(quota?.0.component_rate_limit?.refresh_second))
}
