//! Plain texts: nearly all prefixes, paths and links are plain.

/// Whether each byte of `text` is visible ASCII, and neither `"` nor `\`. Such a text has no white
/// space, and stands in JSON as it is.
///
/// It looks at eight bytes at a time, because each call looks at all texts of its rule.
pub(crate) fn is_plain(text: &str) -> bool {
    let mut words = text.as_bytes().chunks_exact(8);
    let mut last = [b'a'; 8];
    for (filler, byte) in last.iter_mut().zip(words.remainder()) {
        *filler = *byte;
    }
    is_plain_word(last) && words.all(|word| word.try_into().is_ok_and(is_plain_word))
}

/// Whether all eight bytes are plain.
///
/// In one of the values below, the highest bit of a byte that is not plain is set. A sum or a
/// difference carries into another byte only if some byte is not plain.
fn is_plain_word(word: [u8; 8]) -> bool {
    let word = u64::from_ne_bytes(word);
    let before_visible = word.wrapping_sub(repeat(b'!'));
    let after_visible = word.wrapping_add(repeat(1));
    let quote = (word ^ repeat(b'"')).wrapping_sub(repeat(1));
    let backslash = (word ^ repeat(b'\\')).wrapping_sub(repeat(1));
    (before_visible | after_visible | quote | backslash) & repeat(0x80) == 0
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::is_plain;

    fn is_plain_byte(byte: u8) -> bool {
        byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
    }

    #[test]
    fn each_character_is_found_at_each_place() {
        for letter in '\0'..='\u{ff}' {
            for place in 0..20 {
                let text = format!("{}{letter}{}", "a".repeat(place), "~".repeat(19 - place));
                let expected = letter.is_ascii() && text.bytes().all(is_plain_byte);
                assert_eq!(is_plain(&text), expected, "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn each_byte_of_a_text_counts(text in r#"[!-~]{0,20}["\\ -\x{100}]{0,2}[!-~]{0,9}"#) {
            prop_assert_eq!(is_plain(&text), text.bytes().all(is_plain_byte));
        }
    }
}
