//! Text that must not be printed.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// What stands in a query field without being encoded: RFC 3986's unreserved characters.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Returns whether the byte is one of these characters. A table is faster than an `AsciiSet`.
fn is_unreserved(byte: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "it runs at compile time")]
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut characters: &[u8] =
            b"-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
        while let [first, rest @ ..] = characters {
            table[*first as usize] = true;
            characters = rest;
        }
        table
    };
    TABLE
        .get(usize::from(byte))
        .is_some_and(|is_unreserved| *is_unreserved)
}

/// Returns the length of a text as it stands in a query, in bytes.
pub(crate) fn query_length(text: &str) -> usize {
    utf8_percent_encode(text, QUERY_VALUE).map(str::len).sum()
}

/// An access token, an appsecret, a ticket. `Debug` and `Display` print stars instead of the text.
///
/// Clones share one text in memory. It is overwritten when the last clone is dropped.
///
/// ```
/// use jumpqr_core::Secret;
///
/// let secret = Secret::new("s3cr3t");
/// assert_eq!(format!("{secret} {secret:?}"), "*** Secret(***)");
/// assert_eq!(secret.expose(), "s3cr3t");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
    }

    /// Returns the text, to be sent or compared, never to be printed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the text as it stands in a query.
    pub(crate) fn encoded(&self) -> Cow<'_, str> {
        utf8_percent_encode(self.expose(), QUERY_VALUE).into()
    }

    /// Passes the text as it stands in a query to `write`, piece by piece. WeChat's tokens are one
    /// piece: they need no encoding.
    pub(crate) fn write_encoded(&self, mut write: impl FnMut(&str)) {
        let text = self.expose();
        if text.bytes().all(is_unreserved) {
            write(text);
        } else {
            utf8_percent_encode(text, QUERY_VALUE).for_each(write);
        }
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use std::mem::needs_drop;

    use zeroize::{ZeroizeOnDrop, Zeroizing};

    use super::Secret;

    /// Compiles only if the type promises to overwrite the text. A test cannot read freed memory.
    fn require_wiping<T: ZeroizeOnDrop>(text: &T) -> &T {
        text
    }

    #[test]
    fn the_text_is_overwritten_when_it_is_dropped() {
        let secret = Secret::new("s3cr3t");
        let text: &Zeroizing<String> = require_wiping(&*secret.0);
        assert_eq!(text.as_str(), "s3cr3t");
        assert!(needs_drop::<Secret>());
    }

    #[test]
    fn the_pieces_of_an_encoded_text_are_the_encoded_text() {
        let letters = (0..0x200).filter_map(char::from_u32).map(String::from);
        for text in letters.chain(["", "a b/c"].map(str::to_owned)) {
            let secret = Secret::new(text);
            let mut pieces = String::new();
            secret.write_encoded(|piece| pieces.push_str(piece));
            assert_eq!(pieces, secret.encoded());
        }
    }

    #[test]
    fn clones_share_one_text() {
        let secret = Secret::new("s3cr3t");
        let clone = secret.clone();
        assert!(std::ptr::eq(secret.expose(), clone.expose()));
        assert_eq!(secret, Secret::from("s3cr3t".to_owned()));
    }

    #[test]
    fn a_text_that_is_moved_in_is_not_copied() {
        let text = "s3cr3t".to_owned();
        let place = text.as_ptr();
        assert_eq!(Secret::new(text).expose().as_ptr(), place);
    }
}
