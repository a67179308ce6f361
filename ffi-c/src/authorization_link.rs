use std::ffi::c_char;
use std::mem::offset_of;

use jumpqr::AuthorizationLink;
use jumpqr::mapping::parse_authorization_link;
use serde_json::json;

use crate::argument::{array, optional_text, text};
use crate::versioned::{Versioned, init, read};
use crate::{guard, jumpqr_error};

/// What the link on which a merchant authorises a platform says. Only `redirect_uri` is required.
///
/// Call `jumpqr_authorization_link_init` before you set the fields. The struct and its texts are
/// yours. They are only read during the call. Do not change the struct while another thread reads
/// it. All texts end with NUL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_authorization_link {
    /// `sizeof (jumpqr_authorization_link)`, which `_init` sets. Later versions add fields at the
    /// end.
    pub size: usize,
    /// Where WeChat sends the merchant afterwards, with `auth_code` and `expires_in` in the query:
    /// an absolute URL, not percent-encoded.
    pub redirect_uri: *const c_char,
    /// The device on which the merchant opens the link: `pc`, a browser on a computer, which shows
    /// a QR code; or `mobile`, WeChat on a phone. NULL is `pc`.
    pub device: *const c_char,
    /// Which accounts the page offers, one of `JUMPQR_AUTH_TYPE_…`. 0 is `JUMPQR_AUTH_TYPE_BOTH`.
    pub auth_type: i32,
    /// The only account that may authorise; NULL for any. If it is set, `auth_type` has no effect.
    pub biz_appid: *const c_char,
    /// The numbers of the permission sets that are offered. If there are none, all of the
    /// platform's are offered, and this may be NULL.
    pub category_id_list: *const u32,
    /// The number of permission sets.
    pub category_id_count: usize,
}

// SAFETY: `repr(C)`, `size` first, integers and pointers only.
unsafe impl Versioned for jumpqr_authorization_link {
    const FIRST_SIZE: usize = offset_of!(Self, category_id_count) + size_of::<usize>();
}

impl jumpqr_authorization_link {
    /// Reads the fields. A wrong one has the same violation as in a mapping.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to such a struct, of as many bytes as its `size` says, with
    /// texts that end with NUL and a list of as many numbers as its count says.
    pub(crate) unsafe fn read(pointer: *const Self) -> Result<AuthorizationLink, jumpqr_error> {
        // SAFETY: the caller promises the same.
        let fields = unsafe { read(pointer, "link") }?;
        // SAFETY: the caller promises a text that ends with NUL, or NULL.
        let redirect_uri = unsafe { text(fields.redirect_uri, "redirect_uri") }?;
        // SAFETY: the caller promises a text that ends with NUL, or NULL.
        let device = unsafe { optional_text(fields.device, "device") }?;
        // SAFETY: the caller promises a text that ends with NUL, or NULL.
        let biz_appid = unsafe { optional_text(fields.biz_appid, "biz_appid") }?;
        let count = fields.category_id_count;
        // SAFETY: the caller promises `count` numbers.
        let sets = unsafe { array(fields.category_id_list, count, "category_id_list") }?;
        Ok(parse_authorization_link(&json!({
            "redirect_uri": redirect_uri,
            "device": device,
            "auth_type": (fields.auth_type != 0).then_some(fields.auth_type),
            "biz_appid": biz_appid,
            "category_id_list": sets,
        }))?)
    }
}

/// Sets all fields to zero or NULL, and sets `size`. Pass `sizeof (jumpqr_authorization_link)`. A
/// `link` that is NULL is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_authorization_link_init(
    link: *mut jumpqr_authorization_link,
    size: usize,
) {
    guard(|| {
        // SAFETY: the caller passes the size of the struct.
        unsafe { init(link, size) }
    });
}
