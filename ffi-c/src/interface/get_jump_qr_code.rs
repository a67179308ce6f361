use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::GetJumpQRCode;

use crate::argument::{text, text_list};
use crate::{
    jumpqr_client, jumpqr_error, jumpqr_jump_qr_code_list, jumpqr_status, present, produce,
};

/// Reads the arguments of get_type 0.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL.
pub(crate) unsafe fn latest(appid: *const c_char) -> Result<GetJumpQRCode, jumpqr_error> {
    // SAFETY: the caller promises the same.
    let appid = unsafe { text(appid, "appid") }?.to_owned();
    Ok(GetJumpQRCode::Latest { appid })
}

/// Reads the arguments of get_type 1.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL; `prefix_list` is NULL, or points to `prefix_count` such
/// texts.
pub(crate) unsafe fn by_prefix(
    appid: *const c_char,
    prefix_list: *const *const c_char,
    prefix_count: usize,
) -> Result<GetJumpQRCode, jumpqr_error> {
    // SAFETY: the caller promises the same.
    let appid = unsafe { text(appid, "appid") }?.to_owned();
    // SAFETY: the caller promises the same.
    let prefixes = unsafe { text_list(prefix_list, prefix_count, "prefix_list") }?;
    let prefix_list = prefixes.into_iter().map(str::to_owned).collect();
    Ok(GetJumpQRCode::ByPrefix { appid, prefix_list })
}

/// Reads the arguments of get_type 2.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL.
pub(crate) unsafe fn by_page(
    appid: *const c_char,
    page_num: u32,
    page_size: u32,
) -> Result<GetJumpQRCode, jumpqr_error> {
    Ok(GetJumpQRCode::ByPage {
        // SAFETY: the caller promises the same.
        appid: unsafe { text(appid, "appid") }?.to_owned(),
        page_num,
        page_size,
    })
}

/// `getJumpQRCode` in ordinary-link mode: lists all rules of the Mini Program, at most 100. The
/// list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and the
/// statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_get_jump_qr_code(
    client: Option<&jumpqr_client>,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(list, "list", error, || {
        let client = &present(client, "client")?.0;
        Ok(client.get_jump_qr_code(GetJumpQRCode::OrdinaryLink)?)
    })
}

/// `getJumpQRCode` in service-account mode, get_type 0: lists the latest 10,000 rules that open the
/// Mini Program `appid`, which ends with NUL. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_jump_qr_code_latest(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(list, "list", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(client.get_jump_qr_code(unsafe { latest(appid) }?)?)
    })
}

/// `getJumpQRCode` in service-account mode, get_type 1: lists the rules with these prefixes,
/// `prefix_count` of them, 1 to 200. All texts end with NUL. The list is to be freed.
///
/// NULL is allowed for `error`, and for `prefix_list` if `prefix_count` is 0. Status:
/// `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_jump_qr_code_by_prefix(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    prefix_list: *const *const c_char,
    prefix_count: usize,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(list, "list", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        Ok(client.get_jump_qr_code(unsafe { by_prefix(appid, prefix_list, prefix_count) }?)?)
    })
}

/// `getJumpQRCode` in service-account mode, get_type 2: lists page `page_num`, from 1, of
/// `page_size` rules, 1 to 200. `appid` ends with NUL. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_jump_qr_code_by_page(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    page_num: u32,
    page_size: u32,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(list, "list", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        Ok(client.get_jump_qr_code(unsafe { by_page(appid, page_num, page_size) }?)?)
    })
}
