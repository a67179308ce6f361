//! Generates tokens and tickets, and redacts them.

/// The text that replaces a secret.
pub(crate) const REDACTED: &str = "***";

/// The kinds of generated secrets. As in WeChat's secrets, each kind has its own start.
#[derive(Debug, Clone, Copy)]
pub(crate) enum GeneratedSecret {
    /// Any access token: 136 characters.
    AccessToken,
    /// An authorizer_refresh_token.
    RefreshToken,
    /// A component_verify_ticket.
    Ticket,
}

impl GeneratedSecret {
    const ALL: [Self; 3] = [Self::AccessToken, Self::RefreshToken, Self::Ticket];

    const fn head(self) -> &'static str {
        match self {
            Self::AccessToken => "89_",
            Self::RefreshToken => "refreshtoken@@@",
            Self::Ticket => "ticket@@@",
        }
    }

    /// Returns the number of letters and digits after the start.
    const fn tail_length(self) -> usize {
        match self {
            Self::AccessToken => 133,
            Self::RefreshToken => 43,
            Self::Ticket => 86,
        }
    }

    /// Generates a new secret.
    pub(crate) fn generate(self) -> String {
        let mut random = fastrand::Rng::new();
        let tail = std::iter::repeat_with(|| random.alphanumeric()).take(self.tail_length());
        self.head().chars().chain(tail).collect()
    }

    /// Returns the start and end of the first secret of this kind in a text.
    fn find(self, text: &str) -> Option<(usize, usize)> {
        text.match_indices(self.head())
            .map(|(start, head)| (start, start + head.len() + self.tail_length()))
            .find(|(start, end)| {
                text.get(start + self.head().len()..*end)
                    .is_some_and(|tail| tail.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            })
    }
}

/// Returns the text with `***` for everything that looks like a generated secret.
pub(crate) fn redact_generated(text: &str) -> String {
    let mut redacted = text.to_owned();
    for kind in GeneratedSecret::ALL {
        let mut kept = String::with_capacity(redacted.len());
        let mut rest = redacted.as_str();
        while let Some((start, end)) = kind.find(rest) {
            kept.push_str(rest.get(..start).unwrap_or_default());
            kept.push_str(REDACTED);
            rest = rest.get(end..).unwrap_or_default();
        }
        kept.push_str(rest);
        redacted = kept;
    }
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_secrets_are_redacted_anywhere_in_a_text() {
        for kind in GeneratedSecret::ALL {
            let secret = kind.generate();
            assert_ne!(secret, kind.generate());
            let text = format!("a={secret}&b=x{secret}y {}中", kind.head());
            let expected = format!("a=***&b=x***y {}中", kind.head());
            assert_eq!(redact_generated(&text), expected);
        }
    }
}
