use crate::{Text, guard, jumpqr_text};

/// A text that is yours.
///
/// Free it with `jumpqr_string_free`, exactly once. Any number of threads may read it at the same
/// time.
pub struct jumpqr_string(Text);

impl<S: AsRef<str>> From<S> for jumpqr_string {
    fn from(text: S) -> Self {
        Self(text.into())
    }
}

/// Returns the text, which lives as long as the string. No text if `string` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_string_text(string: Option<&jumpqr_string>) -> jumpqr_text {
    guard(|| Some(string?.0.view()))
}

/// Frees a string. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_string_free(string: Option<Box<jumpqr_string>>) {
    guard(|| string.map(drop));
}
