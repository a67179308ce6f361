//! Texts that C reads.

use std::ffi::{CStr, c_char};
use std::ptr::null;

use crate::Nothing;

/// A text that the library owns: `size` bytes of UTF-8, followed by a NUL that `size` does not
/// count.
///
/// If there is no text, `data` is NULL. An empty text has `size` 0, and `data` is not NULL. The
/// text lives as long as the object that it was read from, or forever if its function says so. Any
/// thread may read it. A text from WeChat may contain NUL bytes: `size` is correct even then.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_text {
    /// The first byte; NULL if there is no text.
    pub data: *const c_char,
    /// The number of bytes, without the NUL at the end.
    pub size: usize,
}

impl Nothing for jumpqr_text {
    const NOTHING: Self = Self {
        data: null(),
        size: 0,
    };
}

impl From<&'static CStr> for jumpqr_text {
    fn from(text: &'static CStr) -> Self {
        Self {
            data: text.as_ptr(),
            size: text.count_bytes(),
        }
    }
}

/// A text with a NUL at its end. It may be a secret, so it has no `Debug`.
pub(crate) struct Text(Box<[u8]>);

impl Text {
    /// Returns the view for C. It is valid as long as `self`.
    pub(crate) fn view(&self) -> jumpqr_text {
        jumpqr_text {
            data: self.0.as_ptr().cast(),
            size: self.0.len().saturating_sub(1),
        }
    }
}

impl<S: AsRef<str>> From<S> for Text {
    fn from(text: S) -> Self {
        Self([text.as_ref().as_bytes(), b"\0"].concat().into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, jumpqr_text};

    #[test]
    fn a_nul_inside_a_text_does_not_end_it() {
        let text = Text::from("a\0b");
        assert_eq!(text.view().size, 3);
        assert_eq!(&*text.0, b"a\0b\0");
    }

    #[test]
    fn a_literal_is_not_copied() {
        let literal = c"ok";
        let view = jumpqr_text::from(literal);
        assert_eq!((view.data, view.size), (literal.as_ptr(), 2));
    }
}
