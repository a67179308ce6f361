//! The secrets of accounts and platforms, and how they are found in a text.

use std::collections::{BTreeSet, HashSet};
use std::ops::Bound::{Included, Unbounded};

use jumpqr_core::Secret;

use super::minted::STRUCK_OUT;

/// How much of a secret is looked for at every place of a text.
const BEGINNING: usize = 4;

/// All that any account or platform has or had, so that to look for them takes no longer the more there are.
///
/// Has no `Debug`: it is made of secrets.
#[derive(Default)]
pub(crate) struct SecretBook {
    secrets: BTreeSet<String>,
    /// How they begin: one look rules out most places of a text.
    beginnings: HashSet<Vec<u8>>,
    /// Whether one is so short that it is no longer than a beginning.
    has_short: bool,
}

impl SecretBook {
    /// From now on, it is a secret.
    pub(crate) fn add(&mut self, secret: &Secret) {
        let secret = secret.expose();
        if secret.is_empty() {
            return;
        }
        match secret.as_bytes().get(..BEGINNING) {
            Some(beginning) => {
                self.beginnings.insert(beginning.to_vec());
            }
            None => self.has_short = true,
        }
        self.secrets.insert(secret.to_owned());
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
        let beginning = text.as_bytes().get(..BEGINNING);
        if !self.has_short && beginning.is_none_or(|bytes| !self.beginnings.contains(bytes)) {
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
        let secrets = ["abcdef", "zzzz"];
        assert_eq!(
            struck(&secrets, "abcdefxabcdef中abcdez zzzzzabcdef"),
            "***x***中abcdez ***z***"
        );
        assert_eq!(struck(&secrets, "abcde"), "abcde");
        assert_eq!(struck(&[], "abcdef"), "abcdef");
    }

    #[test]
    fn of_those_that_begin_alike_the_longest_is_struck_out() {
        let secrets = ["abcd", "abcdef", "abcdex", "abce", "abcdefgh"];
        assert_eq!(struck(&secrets, "abcdefgh"), "***");
        assert_eq!(struck(&secrets, "abcdefgi"), "***gi");
        assert_eq!(struck(&secrets, "abcdey abcez"), "***ey ***z");
    }

    #[test]
    fn a_short_one_an_empty_one_and_one_that_is_not_ascii() {
        assert_eq!(struck(&["s", ""], "secrets"), "***ecret***");
        assert_eq!(
            struck(&["密码是一", "密"], "密码是一、密码是二"),
            "***、***码是二"
        );
    }
}
