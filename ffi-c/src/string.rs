use crate::guard::guard;
use crate::text::{Text, jumpqr_text};

/// A text that is yours. Free it with `jumpqr_string_free`, exactly once. Any number of threads may read it at the same time.
pub struct jumpqr_string {
    text: Text,
}

impl jumpqr_string {
    pub(crate) fn raw(text: &str) -> *mut Self {
        Box::into_raw(Box::new(Self { text: text.into() }))
    }
}

/// The text; it lives as long as the string. No text if `string` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_string_text(string: Option<&jumpqr_string>) -> jumpqr_text {
    guard(|| Some(string?.text.view()))
}

/// Frees a string. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_string_free(string: Option<Box<jumpqr_string>>) {
    guard(|| {
        drop(string);
        Some(())
    });
}
