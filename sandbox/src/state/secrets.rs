//! The secrets of accounts and platforms, and how they are found in a text.

use std::collections::{BTreeSet, HashSet};
use std::ops::Bound::{Included, Unbounded};

use jumpqr_core::Secret;

use super::minted::STRUCK_OUT;

/// How much of a secret is looked for at every place of a text. A shorter text is no secret: stars
/// in the place of every "s" would make a record unreadable.
pub(super) const BEGINNING: usize = 8;

/// All that any account or platform has or had, so that to look for them takes no longer the more there are.
///
/// Has no `Debug`: it is made of secrets.
#[derive(Default)]
pub(crate) struct SecretBook {
    secrets: BTreeSet<String>,
    /// How they begin: one look rules out most places of a text.
    beginnings: HashSet<Vec<u8>>,
}

impl SecretBook {
    /// From now on, it is a secret, unless it is shorter than 8 bytes.
    pub(crate) fn add(&mut self, secret: &Secret) {
        let secret = secret.expose();
        if let Some(beginning) = secret.as_bytes().get(..BEGINNING) {
            self.beginnings.insert(beginning.to_vec());
            self.secrets.insert(secret.to_owned());
        }
    }

    /// The text with stars in the place of every secret.
    pub(crate) fn strike_out(&self, text: &str) -> String {
        let mut struck = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let length = if let Some(secret) = self.at_start(rest) {
                struck.push_str(STRUCK_OUT);
                secret.len()
            } else {
                struck.push(character);
                character.len_utf8()
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        struck
    }

    /// The longest secret with which the text begins.
    fn at_start(&self, text: &str) -> Option<&str> {
        let beginning = text.as_bytes().get(..BEGINNING)?;
        if !self.beginnings.contains(beginning) {
            return None;
        }
        let mut upto = text;
        loop {
            let range = (Unbounded, Included(upto));
            let nearest = self.secrets.range::<str, _>(range).next_back()?;
            if text.starts_with(nearest.as_str()) {
                return Some(nearest);
            }
            // A shorter one with which the text begins stands before `nearest`, which begins with it as well.
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

    fn struck(secrets: &[&str], text: &str) -> String {
        let mut book = SecretBook::default();
        for secret in secrets {
            book.add(&Secret::new(*secret));
        }
        book.strike_out(text)
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        let secrets = ["abcdefgh", "zzzzzzzz"];
        assert_eq!(
            struck(&secrets, "abcdefghxabcdefgh中abcdefgz zzzzzzzzzabcdefgh"),
            "***x***中abcdefgz ***z***"
        );
        assert_eq!(struck(&secrets, "abcdefg"), "abcdefg");
        assert_eq!(struck(&[], "abcdefgh"), "abcdefgh");
    }

    #[test]
    fn of_those_that_begin_alike_the_longest_is_struck_out() {
        let secrets = [
            "01234567ab",
            "01234567abcd",
            "01234567abcx",
            "01234567ac",
            "01234567abcdef",
        ];
        assert_eq!(struck(&secrets, "01234567abcdef"), "***");
        assert_eq!(struck(&secrets, "01234567abcdeg"), "***eg");
        assert_eq!(struck(&secrets, "01234567abcy 01234567acz"), "***cy ***z");
    }

    #[test]
    fn a_short_text_is_no_secret_and_a_secret_need_not_be_ascii() {
        assert_eq!(struck(&["s", "", "secrets"], "secrets"), "secrets");
        assert_eq!(
            struck(&["密码是一", "密"], "密码是一、密码是二"),
            "***、密码是二"
        );
    }
}
