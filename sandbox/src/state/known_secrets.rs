//! Redacts the secrets of accounts and platforms.

use std::collections::{BTreeSet, HashSet};
use std::ops::Bound::{Included, Unbounded};

use jumpqr_core::Secret;

use super::generated_secrets::REDACTED;

/// The shortest secret that is redacted. If the secret "s" were redacted, the recorded requests
/// would be unreadable.
pub(crate) const MIN_SECRET_BYTES: usize = 8;

/// The present and former secrets of all accounts and platforms.
///
/// A sandbox may have thousands of accounts. So the cost of a search must not grow with the number
/// of secrets. There is no `Debug`, because that would show the secrets.
#[derive(Clone, Default)]
pub(crate) struct KnownSecrets {
    secrets: BTreeSet<String>,
    /// The first bytes of each secret. They rule out most positions in a text with one lookup.
    heads: HashSet<Vec<u8>>,
}

impl KnownSecrets {
    /// Adds a secret, unless it is shorter than 8 bytes.
    pub(crate) fn add(&mut self, secret: &Secret) {
        let secret = secret.expose();
        if let Some(head) = secret.as_bytes().get(..MIN_SECRET_BYTES) {
            self.heads.insert(head.to_vec());
            self.secrets.insert(secret.to_owned());
        }
    }

    /// Returns the text with `***` for every secret.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut redacted = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let length = if let Some(secret) = self.find_at_start(rest) {
                redacted.push_str(REDACTED);
                secret.len()
            } else {
                redacted.push(character);
                character.len_utf8()
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        redacted
    }

    /// Returns the longest secret at the start of the text.
    fn find_at_start(&self, text: &str) -> Option<&str> {
        let head = text.as_bytes().get(..MIN_SECRET_BYTES)?;
        if !self.heads.contains(head) {
            return None;
        }
        let mut upto = text;
        loop {
            let range = (Unbounded, Included(upto));
            let nearest = self.secrets.range::<str, _>(range).next_back()?;
            if text.starts_with(nearest.as_str()) {
                return Some(nearest);
            }
            // If a shorter secret is at the start of the text, it sorts before `nearest`. Then
            // `nearest` starts with it, too.
            upto = common_start(upto, nearest);
        }
    }
}

fn common_start<'a>(text: &'a str, other: &str) -> &'a str {
    let end = text
        .char_indices()
        .zip(other.chars())
        .find(|((_, one), other)| one != other)
        .map_or(text.len().min(other.len()), |((at, _), _)| at);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(secrets: &[&str], text: &str) -> String {
        let mut book = KnownSecrets::default();
        for secret in secrets {
            book.add(&Secret::new(*secret));
        }
        book.redact(text)
    }

    #[test]
    fn a_secret_is_redacted_anywhere_in_a_text() {
        let secrets = ["abcdefgh", "zzzzzzzz"];
        assert_eq!(
            redacted(&secrets, "abcdefghxabcdefgh中abcdefgz zzzzzzzzzabcdefgh"),
            "***x***中abcdefgz ***z***"
        );
        assert_eq!(redacted(&secrets, "abcdefg"), "abcdefg");
        assert_eq!(redacted(&[], "abcdefgh"), "abcdefgh");
    }

    #[test]
    fn the_longest_of_several_matching_secrets_is_redacted() {
        let secrets = [
            "01234567ab",
            "01234567abcd",
            "01234567abcx",
            "01234567ac",
            "01234567abcdef",
        ];
        assert_eq!(redacted(&secrets, "01234567abcdef"), "***");
        assert_eq!(redacted(&secrets, "01234567abcdeg"), "***eg");
        assert_eq!(redacted(&secrets, "01234567abcy 01234567acz"), "***cy ***z");
    }

    #[test]
    fn short_secrets_are_ignored_and_secrets_may_be_non_ascii() {
        assert_eq!(redacted(&["s", "", "secrets"], "secrets"), "secrets");
        assert_eq!(
            redacted(&["密码是一", "密"], "密码是一、密码是二"),
            "***、密码是二"
        );
    }
}
