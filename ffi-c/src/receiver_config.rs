use std::ffi::c_char;
use std::mem::offset_of;

use jumpqr::push::ReceiverConfig;

use crate::argument::{optional_text, texts};
use crate::versioned::{Versioned, init, read};
use crate::{guard, jumpqr_error};

/// The settings of a receiver: the platform's appid, and what the console's page of the platform
/// has under 消息校验Token and 消息加解密Key.
///
/// Call `jumpqr_receiver_config_init` before you set the fields. The struct and its texts are
/// yours. They are copied when a receiver is made from them, and need not live longer. Do not change
/// the struct while another thread reads it. All texts end with NUL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_receiver_config {
    /// `sizeof (jumpqr_receiver_config)`, which `_init` sets. Later versions add fields at the end.
    pub size: usize,
    /// The platform's appid.
    pub component_appid: *const c_char,
    /// The message token (消息校验Token).
    pub message_token: *const c_char,
    /// The EncodingAESKey (消息加解密Key): 43 letters and digits.
    pub encoding_aes_key: *const c_char,
    /// The message token before the last change, or NULL. Keep it for a while after a change: WeChat
    /// does not say when it begins to use the new one.
    pub message_token_former: *const c_char,
    /// The EncodingAESKey before the last change, or NULL.
    pub encoding_aes_key_former: *const c_char,
}

// SAFETY: `repr(C)`, `size` first, integers and pointers only.
unsafe impl Versioned for jumpqr_receiver_config {
    const FIRST_SIZE: usize =
        offset_of!(Self, encoding_aes_key_former) + size_of::<*const c_char>();
}

impl jumpqr_receiver_config {
    /// Reads the settings.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to such a struct, of as many bytes as its `size` says, with
    /// texts that end with NUL.
    pub(crate) unsafe fn read(pointer: *const Self) -> Result<ReceiverConfig, jumpqr_error> {
        // SAFETY: the caller promises the same.
        let fields = unsafe { read(pointer, "config") }?;
        let required = [
            (fields.component_appid, "component_appid"),
            (fields.message_token, "message_token"),
            (fields.encoding_aes_key, "encoding_aes_key"),
        ];
        // SAFETY: the caller promises texts that end with NUL.
        let [appid, token, key] = unsafe { texts(required) }?;
        let mut config = ReceiverConfig::new(appid, token, key);
        let token = fields.message_token_former;
        // SAFETY: the caller promises a text that ends with NUL, or NULL.
        if let Some(token) = unsafe { optional_text(token, "message_token_former") }? {
            config = config.message_token_former(token);
        }
        let key = fields.encoding_aes_key_former;
        // SAFETY: the caller promises a text that ends with NUL, or NULL.
        if let Some(key) = unsafe { optional_text(key, "encoding_aes_key_former") }? {
            config = config.encoding_aes_key_former(key);
        }
        Ok(config)
    }
}

/// Sets all fields to zero or NULL, and sets `size`. Pass `sizeof (jumpqr_receiver_config)`. A
/// `config` that is NULL is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_receiver_config_init(
    config: *mut jumpqr_receiver_config,
    size: usize,
) {
    guard(|| {
        // SAFETY: the caller passes the size of the struct.
        unsafe { init(config, size) }
    });
}
