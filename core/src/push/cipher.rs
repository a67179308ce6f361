//! The encryption of pushes: AES-256-CBC, and the layout of the clear text.
//!
//! The clear text is 16 random bytes, the length of the message in bytes (4 bytes, big-endian), the
//! message, and the platform's appid. It is padded to a multiple of 32 bytes by PKCS#7. The
//! initialisation vector is the first half of the key. An `EncodingAESKey` is the key in base64,
//! without the final `=`.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use aes::Aes256;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

/// The length of an `EncodingAESKey`, in characters.
pub(super) const ENCODED_KEY_LENGTH: usize = 43;

/// The block of AES, in bytes.
const BLOCK: usize = 16;

/// The block of the padding, in bytes. Many libraries only remove up to 16 bytes.
const PADDING_BLOCK: u8 = 32;

/// The bytes before the message: the random ones, and the length.
const HEAD: usize = 16 + 4;

/// Base64 in which the last character may have surplus bits that are not 0. WeChat draws all 43
/// characters of a key at random, so three of four keys have such bits. The alphabet and the
/// padding are strict.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A key. It is overwritten when it is dropped.
pub(super) struct AesKey {
    key: Zeroizing<[u8; 32]>,
    initialisation_vector: Zeroizing<[u8; 16]>,
}

impl AesKey {
    /// Parses an `EncodingAESKey`: 43 letters and digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_key = text.len() == ENCODED_KEY_LENGTH
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_key {
            return None;
        }
        let padded = Zeroizing::new([text, "="].concat());
        let decoded = Zeroizing::new(BASE64.decode(padded.as_bytes()).ok()?);
        let (head, _) = decoded.split_first_chunk::<16>()?;
        Some(Self {
            initialisation_vector: Zeroizing::new(*head),
            key: Zeroizing::new(decoded.as_slice().try_into().ok()?),
        })
    }

    /// Encrypts a message. Returns `None` if its length does not fit into 4 bytes.
    pub(super) fn encrypt(&self, message: &str, random: [u8; 16], appid: &str) -> Option<String> {
        let length = u32::try_from(message.len()).ok()?;
        let mut text = Zeroizing::new(Vec::with_capacity(
            HEAD + message.len() + appid.len() + usize::from(PADDING_BLOCK),
        ));
        text.extend_from_slice(&random);
        text.extend_from_slice(&length.to_be_bytes());
        text.extend_from_slice(message.as_bytes());
        text.extend_from_slice(appid.as_bytes());
        let end = padding(text.len());
        text.extend(end);
        Some(self.encrypt_blocks(text))
    }

    /// Encrypts whole blocks.
    fn encrypt_blocks(&self, mut text: Zeroizing<Vec<u8>>) -> String {
        let (key, vector) = (&*self.key, &*self.initialisation_vector);
        let mut cipher = Encryptor::<Aes256>::new(key.into(), vector.into());
        for block in text.chunks_exact_mut(BLOCK) {
            cipher.encrypt_block_mut(block.into());
        }
        BASE64.encode(&*text)
    }

    /// Decrypts whole blocks, and finds the message. The work depends only on the lengths of the
    /// blocks and the appid.
    pub(super) fn decrypt(&self, blocks: &[u8], appid: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new(blocks.to_vec());
        let (key, vector) = (&*self.key, &*self.initialisation_vector);
        let mut cipher = Decryptor::<Aes256>::new(key.into(), vector.into());
        for block in text.chunks_exact_mut(BLOCK) {
            cipher.decrypt_block_mut(block.into());
        }
        let message = find_message(&text, appid.as_bytes())?;
        Some(Zeroizing::new(text.get(message)?.to_vec()))
    }
}

/// Returns the padding after a text of this length: 1 to 32 bytes, each of which is their number.
fn padding(length: usize) -> impl Iterator<Item = u8> {
    let block = usize::from(PADDING_BLOCK);
    let count = (1..=PADDING_BLOCK)
        .find(|count| (length + usize::from(*count)) % block == 0)
        .unwrap_or(PADDING_BLOCK);
    core::iter::repeat_n(count, usize::from(count))
}

/// Decodes a ciphertext: base64 of whole blocks.
pub(super) fn decode_blocks(ciphertext: &str) -> Option<Vec<u8>> {
    let blocks = BASE64.decode(ciphertext).ok()?;
    (!blocks.is_empty() && blocks.len() % BLOCK == 0).then_some(blocks)
}

/// Finds the message in a decrypted text. Padding, length and appid are checked together, and in
/// constant time: only the lengths of the text and of the appid make a difference.
fn find_message(text: &[u8], appid: &[u8]) -> Option<Range<usize>> {
    let (head, _) = text.split_first_chunk::<HEAD>()?;
    let (_, length) = head.split_last_chunk::<4>()?;
    let length = u64::from(u32::from_be_bytes(*length));
    let last = *text.last()?;

    let mut is_valid = !last.ct_eq(&0) & !last.ct_gt(&PADDING_BLOCK);
    for (byte, place) in text.iter().rev().zip(1..=PADDING_BLOCK) {
        let is_outside = place.ct_gt(&last);
        is_valid &= is_outside | byte.ct_eq(&last);
    }

    // Each part has at most 4 GiB, so the sum of these numbers does not overflow.
    let [head, appid_length, whole] = [HEAD, appid.len(), text.len()].map(|size| size as u64);
    let sum = head + length + appid_length + u64::from(last);
    is_valid &= sum.ct_eq(&whole);

    // If the padding is wrong, some other place is compared, in the same time.
    let padding = u8::conditional_select(&1, &last, is_valid);
    let end = text.len().saturating_sub(usize::from(padding));
    let start = end.saturating_sub(appid.len());
    let found = text.get(start..end).unwrap_or_default();
    is_valid &= found.ct_eq(appid);

    let is_valid: Choice = is_valid;
    bool::from(is_valid).then_some(HEAD..start)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use zeroize::Zeroizing;

    use super::{AesKey, decode_blocks, find_message, padding};

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const APPID: &str = "wx0000jumpqrtest1a";

    fn decrypt(key: &str, ciphertext: &str) -> Option<Vec<u8>> {
        let blocks = decode_blocks(ciphertext)?;
        let message = AesKey::parse(key).unwrap().decrypt(&blocks, APPID)?;
        Some(message.to_vec())
    }

    #[test]
    fn every_last_character_of_a_key_is_accepted() {
        let characters = ('A'..='Z').chain('a'..='z').chain('0'..='9');
        let message = "票".as_bytes();
        let mut ciphertexts = BTreeSet::new();
        for last in characters {
            let key = format!("{}{last}", KEY.get(..42).unwrap());
            let ciphertext = AesKey::parse(&key).unwrap().encrypt("票", [1; 16], APPID);
            let ciphertext = ciphertext.unwrap();
            assert_eq!(decrypt(&key, &ciphertext).as_deref(), Some(message));
            ciphertexts.insert(ciphertext);
        }
        // Two of the six bits are surplus, so the 62 characters are 16 keys.
        assert_eq!(ciphertexts.len(), 16);
    }

    #[test]
    fn a_text_that_is_not_43_letters_and_digits_is_not_a_key() {
        let with_plus = format!("{}+", KEY.get(..42).unwrap());
        let with_letter = format!("{}é", KEY.get(..41).unwrap());
        let longer = format!("{KEY}A");
        let with_end = format!("{KEY}=");
        for text in [
            "",
            KEY.get(1..).unwrap(),
            &longer,
            &with_plus,
            &with_letter,
            &with_end,
        ] {
            assert!(AesKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn every_padding_is_written_and_removed() {
        let mut paddings = BTreeSet::new();
        for length in 0..32 {
            let message = "a".repeat(length);
            let key = AesKey::parse(KEY).unwrap();
            let ciphertext = key.encrypt(&message, [2; 16], APPID).unwrap();
            assert_eq!(decrypt(KEY, &ciphertext), Some(message.into_bytes()));
            let padding: Vec<_> = padding(20 + length + APPID.len()).collect();
            assert!(
                padding
                    .iter()
                    .all(|byte| usize::from(*byte) == padding.len())
            );
            paddings.insert(padding.len());
        }
        assert_eq!(paddings, (1..=32).collect());
    }

    #[test]
    fn a_ciphertext_is_strict_base64_of_whole_blocks() {
        assert_eq!(decode_blocks("AAAAAAAAAAAAAAAAAAAAAA=="), Some(vec![0; 16]));
        // The surplus bits of the last character.
        assert_eq!(decode_blocks("AAAAAAAAAAAAAAAAAAAAAP=="), Some(vec![0; 16]));
        for text in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAA=",
            "AAAAAAAAAA\nAAAAAAAAAAAA==",
            "AAAAAAAAAAAAAAAAAAAAAA== ",
            "AAAAAAAAAAAAAAAAAAAAA-==",
            "AAAAAAAAAAAAAAAAAAAAA_==",
        ] {
            assert_eq!(decode_blocks(text), None, "{text:?}");
        }
    }

    /// Makes a clear text of these parts.
    fn clear(length: u32, message: &str, appid: &str, padding: &[u8]) -> Vec<u8> {
        [
            &[3; 16],
            length.to_be_bytes().as_slice(),
            message.as_bytes(),
            appid.as_bytes(),
            padding,
        ]
        .concat()
    }

    #[test]
    fn length_and_appid_are_compared_whole() {
        let find = |length, message, appid| {
            find_message(&clear(length, message, appid, &[2, 2]), APPID.as_bytes())
        };
        assert_eq!(find(4, "abcd", APPID), Some(20..24));
        assert_eq!(find(0, "", APPID), Some(20..20));
        for length in [0, 3, 5, 0x7fff_ffff, 0xffff_ffff, 0xffff_fffc, 891_952_896] {
            assert_eq!(find(length, "abcd", APPID), None, "{length}");
        }
        let longer = format!("{APPID}x");
        let before = format!("x{APPID}");
        for appid in [
            "",
            "wx0000jumpqrmerch1",
            APPID.get(1..).unwrap(),
            APPID.get(..17).unwrap(),
            &longer,
            &before,
        ] {
            assert_eq!(find(4, "abcd", appid), None, "{appid}");
        }
        // A message that ends with the appid does not take its place.
        let message = format!("abcd{APPID}");
        let end = |length| find_message(&clear(length, &message, "", &[1]), APPID.as_bytes());
        assert_eq!((end(22), end(4)), (None, Some(20..24)));
    }

    #[test]
    fn only_a_whole_padding_of_1_to_32_bytes_is_accepted() {
        let find = |padding: &[u8]| find_message(&clear(1, "a", APPID, padding), APPID.as_bytes());
        for count in 0..=255 {
            let padding = vec![count; usize::from(count)];
            let expected = (1..=32).contains(&count).then_some(20..21);
            assert_eq!(find(&padding), expected, "{count}");
            for place in 1..padding.len().min(33) {
                let mut wrong = padding.clone();
                wrong[place - 1] ^= 0x40;
                assert_eq!(find(&wrong), None, "{count} {place}");
            }
        }
        assert_eq!(find(&[0]), None);
        assert_eq!(find(&[33]), None);
    }

    #[test]
    fn a_text_that_is_too_short_is_refused() {
        for length in 0..64 {
            for byte in [0, 1, 20, 32, 255] {
                let text = vec![byte; length];
                assert_eq!(
                    find_message(&text, APPID.as_bytes()),
                    None,
                    "{length} {byte}"
                );
            }
        }
    }

    #[test]
    fn another_key_does_not_decrypt() {
        let other = format!("b{}", KEY.get(1..).unwrap());
        let key = AesKey::parse(&other).unwrap();
        let ciphertext = key.encrypt("a", [4; 16], APPID).unwrap();
        assert_eq!(decrypt(KEY, &ciphertext), None);
    }

    #[test]
    fn a_wrong_clear_text_is_refused_after_decryption() {
        let key = AesKey::parse(KEY).unwrap();
        let text = clear(1, "a", APPID, &[9; 9]);
        let ciphertext = key.encrypt_blocks(Zeroizing::new(text));
        assert_eq!(decrypt(KEY, &ciphertext), Some(b"a".to_vec()));
        let text = clear(1, "a", APPID, &[0; 9]);
        let ciphertext = key.encrypt_blocks(Zeroizing::new(text));
        assert_eq!(decrypt(KEY, &ciphertext), None);
    }
}
