//! The tokens, tickets and codes that the sandbox generates, and the secrets that it knows.

use std::collections::{BTreeSet, HashSet};

/// The shortest secret that is looked for. If the secret "s" were redacted, the recorded requests
/// would be unreadable.
const MIN_SECRET_BYTES: usize = 8;

/// The kinds of generated secrets. As in WeChat's secrets, each kind has its own start.
#[derive(Debug, Clone, Copy)]
pub(crate) enum GeneratedSecret {
    /// Any access token: 136 characters.
    AccessToken,
    /// An authorizer_refresh_token.
    RefreshToken,
    /// A component_verify_ticket.
    Ticket,
    /// A pre_auth_code.
    PreAuthCode,
    /// An authorization_code.
    AuthorizationCode,
}

impl GeneratedSecret {
    const ALL: [Self; 5] = [
        Self::AccessToken,
        Self::RefreshToken,
        Self::Ticket,
        Self::PreAuthCode,
        Self::AuthorizationCode,
    ];

    /// Returns the start, and the number of letters and digits after it.
    const fn form(self) -> (&'static str, usize) {
        match self {
            Self::AccessToken => ("89_", 133),
            Self::RefreshToken => ("refreshtoken@@@", 43),
            Self::Ticket => ("ticket@@@", 86),
            Self::PreAuthCode => ("preauthcode@@@", 43),
            Self::AuthorizationCode => ("queryauthcode@@@", 43),
        }
    }

    /// Generates a new secret.
    pub(crate) fn generate(self) -> String {
        let (head, tail_length) = self.form();
        let mut random = fastrand::Rng::new();
        let tail = std::iter::repeat_with(|| random.alphanumeric()).take(tail_length);
        head.chars().chain(tail).collect()
    }

    /// Returns the length of what looks like a generated secret at the start of a text.
    pub(crate) fn length_at_start(text: &str) -> Option<usize> {
        Self::ALL.into_iter().find_map(|kind| {
            let (head, tail_length) = kind.form();
            let tail = text.strip_prefix(head)?.get(..tail_length)?;
            let is_tail = tail.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_tail.then_some(head.len() + tail_length)
        })
    }
}

/// Secrets that can be found in a text.
///
/// A sandbox may have thousands of accounts. So the cost of a search grows with the number of
/// different lengths, not of secrets. There is no `Debug`, because that would show the secrets.
#[derive(Clone, Default)]
pub(crate) struct KnownSecrets {
    secrets: HashSet<String>,
    lengths: BTreeSet<usize>,
    /// They rule out most positions in a text.
    first_bytes: BTreeSet<u8>,
}

impl KnownSecrets {
    /// Adds a secret, unless it is shorter than 8 bytes.
    pub(crate) fn add(&mut self, secret: &str) {
        if secret.len() >= MIN_SECRET_BYTES {
            self.lengths.insert(secret.len());
            self.first_bytes.extend(secret.bytes().next());
            self.secrets.insert(secret.to_owned());
        }
    }

    /// Returns the length of the longest secret at the start of a text.
    pub(crate) fn length_at_start(&self, text: &str) -> Option<usize> {
        let first_byte = text.bytes().next()?;
        if !self.first_bytes.contains(&first_byte) {
            return None;
        }
        let mut lengths = self.lengths.iter().rev().copied();
        lengths.find(|length| {
            let start = text.get(..*length);
            start.is_some_and(|start| self.secrets.contains(start))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_secret_is_recognised_at_the_start_of_a_text() {
        for kind in GeneratedSecret::ALL {
            let secret = kind.generate();
            assert_ne!(secret, kind.generate());
            let found = |text: &str| GeneratedSecret::length_at_start(text);
            assert_eq!(found(&format!("{secret}x中")), Some(secret.len()));
            assert_eq!(found(&format!("x{secret}")), None);
            let shorter: String = secret.chars().skip(1).collect();
            assert_eq!(found(&shorter), None);
            let (head, _) = kind.form();
            assert_eq!(found(&secret.replace(head, &format!("{head}中"))), None);
        }
    }

    #[test]
    fn the_longest_secret_at_the_start_of_a_text_is_found() {
        let mut known = KnownSecrets::default();
        for secret in ["01234567ab", "01234567abcd", "01234567ac", "密码是一"] {
            known.add(secret);
        }
        for (text, length) in [
            ("01234567abcdef", Some(12)),
            ("01234567abcx", Some(10)),
            ("01234567acd", Some(10)),
            ("01234567a", None),
            ("x01234567ab", None),
            ("密码是一、", Some(12)),
            ("密码是二、", None),
        ] {
            assert_eq!(known.length_at_start(text), length, "{text}");
        }
    }

    #[test]
    fn a_secret_under_8_bytes_is_ignored() {
        let mut known = KnownSecrets::default();
        for secret in ["", "s", "secrets"] {
            known.add(secret);
        }
        assert_eq!(known.length_at_start("secrets"), None);
    }
}
