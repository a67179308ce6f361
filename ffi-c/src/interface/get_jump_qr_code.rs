use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::GetJumpQRCode;

use crate::argument::{present, text, texts};
use crate::client::jumpqr_client;
use crate::error::{Failure, jumpqr_error};
use crate::guard::attempt;
use crate::jump_qr_code_list::jumpqr_jump_qr_code_list;
use crate::status::jumpqr_status;

fn get(
    client: Option<&jumpqr_client>,
    call: GetJumpQRCode,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
) -> Result<(), Failure> {
    let client = &present(client, "client")?.client;
    let list = present(list, "list")?;
    list.write(jumpqr_jump_qr_code_list::raw(
        client.get_jump_qr_code(call)?,
    ));
    Ok(())
}

/// The call by prefix.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL; `prefix_list` is NULL, or points to `prefix_count` such texts.
pub(crate) unsafe fn by_prefix(
    appid: *const c_char,
    prefix_list: *const *const c_char,
    prefix_count: usize,
) -> Result<GetJumpQRCode, Failure> {
    // SAFETY: the caller has promised the same.
    let appid = unsafe { text(appid, "appid") }?.to_owned();
    // SAFETY: the caller has promised the same.
    let prefixes = unsafe { texts(prefix_list, prefix_count, "prefix_list") }?;
    Ok(GetJumpQRCode::ByPrefix {
        appid,
        prefix_list: prefixes.into_iter().map(str::to_owned).collect(),
    })
}

/// `getJumpQRCode` in ordinary-link mode: all rules of the Mini Program, at most 100. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, and that of each kind
/// of error.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_get_jump_qr_code(
    client: Option<&jumpqr_client>,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || get(client, GetJumpQRCode::OrdinaryLink, list))
}

/// `getJumpQRCode` in service-account mode, get_type 0: the latest 10,000 rules that open the Mini Program `appid`, which ends
/// with NUL. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_REQUEST`, and that of each kind of error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_jump_qr_code_latest(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(appid, "appid") }?.to_owned();
        get(client, GetJumpQRCode::Latest { appid }, list)
    })
}

/// `getJumpQRCode` in service-account mode, get_type 1: the rules with these prefixes, `prefix_count` of them, 1 to 200. All
/// texts end with NUL. The list is to be freed.
///
/// NULL is allowed for `error`, and for `prefix_list` where `prefix_count` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`, and that of each kind of
/// error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_jump_qr_code_by_prefix(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    prefix_list: *const *const c_char,
    prefix_count: usize,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let call = unsafe { by_prefix(appid, prefix_list, prefix_count) }?;
        get(client, call, list)
    })
}

/// `getJumpQRCode` in service-account mode, get_type 2: page `page_num`, from 1, of `page_size` rules, 1 to 200. `appid` ends
/// with NUL. The list is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_REQUEST`, and that of each kind of error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_jump_qr_code_by_page(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    page_num: u32,
    page_size: u32,
    list: Option<&mut MaybeUninit<*mut jumpqr_jump_qr_code_list>>,
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
        get(client, call, list)
    })
}
