//! Texts on their way to C.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::ptr::null;
use std::sync::{Mutex, PoisonError};

/// A text that belongs to somebody else: UTF-8, `size` bytes long, with a NUL after it that is not counted.
///
/// `data` is NULL where there is no text. It lives as long as the object that it was asked of, or for ever where the function
/// says so; any thread may read it. A text from WeChat may have NUL bytes in it: `size` is right even then.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_text {
    /// The first byte; NULL where there is no text.
    pub data: *const c_char,
    /// The number of bytes, without the NUL at the end.
    pub size: usize,
}

impl jumpqr_text {
    pub(crate) const NONE: Self = Self {
        data: null(),
        size: 0,
    };

    /// `terminated` ends with NUL and outlives what C does with the view.
    fn of(terminated: &[u8]) -> Self {
        Self {
            data: terminated.as_ptr().cast(),
            size: terminated.len().saturating_sub(1),
        }
    }
}

/// A text that an object of ours owns. It may be a secret, so there is no `Debug`.
pub(crate) struct Text(Box<[u8]>);

impl Text {
    /// For C to look at, as long as `self` lives.
    pub(crate) fn view(&self) -> jumpqr_text {
        jumpqr_text::of(&self.0)
    }
}

impl<S: AsRef<str>> From<S> for Text {
    fn from(text: S) -> Self {
        Self(terminate(text.as_ref()))
    }
}

fn terminate(text: &str) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(0);
    bytes.into_boxed_slice()
}

/// A tree, not a hash table: tools that look for leaks do not find their way through the latter's pointers.
static FIXED: Mutex<BTreeMap<&'static str, Box<[u8]>>> = Mutex::new(BTreeMap::new());

/// A text of the library's own, which lives for ever: each is given its NUL once, and none is ever removed.
pub(crate) fn fixed(text: &'static str) -> jumpqr_text {
    let mut known = FIXED.lock().unwrap_or_else(PoisonError::into_inner);
    jumpqr_text::of(known.entry(text).or_insert_with(|| terminate(text)))
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{Text, fixed};

    #[test]
    fn a_nul_within_does_not_end_the_size() {
        let text = Text::from("a\0b");
        assert_eq!(text.view().size, 3);
        assert_eq!(&*text.0, b"a\0b\0");
    }

    #[test]
    fn a_fixed_text_stays_where_it_is() {
        let first = fixed("ok");
        for number in 0..1000 {
            fixed(Box::leak(number.to_string().into_boxed_str()));
        }
        assert_eq!(fixed("ok").data, first.data);
        // SAFETY: a fixed text ends with NUL and is never removed.
        assert_eq!(unsafe { CStr::from_ptr(first.data) }, c"ok");
    }
}
