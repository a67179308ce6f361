//! The signatures of pushes: SHA-1 of the sorted and joined parts, in lower-case hexadecimal digits.

use alloc::string::String;
use core::fmt::Write;

use sha1::{Digest, Sha1};
use subtle::{Choice, ConstantTimeEq};

use crate::secret::Secret;

/// Returns the signature of the token and the other parts. The parts are sorted as texts.
pub(super) fn sign<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part);
    }
    let mut digits = String::with_capacity(40);
    for byte in hash.finalize() {
        let written = write!(digits, "{byte:02x}");
        debug_assert!(written.is_ok(), "a String takes everything");
    }
    digits
}

/// Returns the first token whose signature is `given`. `sign` signs the parts of the request with a
/// token.
///
/// All tokens are tried, and the signatures are compared in constant time. WeChat sends lower-case
/// digits; others are refused.
pub(super) fn find_signer<'a>(
    tokens: &'a [Secret],
    given: &str,
    sign: impl Fn(&str) -> String,
) -> Option<&'a Secret> {
    let mut signer = None;
    for token in tokens {
        let own = sign(token.expose());
        let is_equal: Choice = own.as_bytes().ct_eq(given.as_bytes());
        if bool::from(is_equal) && signer.is_none() {
            signer = Some(token);
        }
    }
    signer
}

#[cfg(test)]
mod tests {
    use super::{find_signer, sign};
    use crate::secret::Secret;

    #[test]
    fn the_parts_are_sorted_and_joined() {
        // The GET request on WeChat's page about the message push of a Mini Program.
        let expected = "f464b24fc39322e44b38aa78f5edd27bd1441696";
        assert_eq!(sign(["AAAAA", "1714036504", "1514711492"]), expected);
        assert_eq!(sign(["1514711492", "AAAAA", "1714036504"]), expected);
        assert_ne!(sign(["BAAAA", "1714036504", "1514711492"]), expected);
    }

    #[test]
    fn only_the_whole_signature_of_a_token_is_accepted() {
        let tokens = [Secret::new("new"), Secret::new("old")];
        let sign = |token: &str| sign([token, "1", "2"]);
        for token in &tokens {
            let given = sign(token.expose());
            assert_eq!(find_signer(&tokens, &given, sign), Some(token));
            for wrong in [given.get(1..).unwrap(), &given.to_uppercase(), ""] {
                assert_eq!(find_signer(&tokens, wrong, sign), None);
            }
        }
        assert_eq!(find_signer(&tokens, &sign("other"), sign), None);
    }
}
