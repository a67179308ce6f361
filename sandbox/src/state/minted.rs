//! The secrets that the sandbox makes up: how they look, and how they are found in a text.

/// What stands in the place of a secret.
pub(super) const STRUCK_OUT: &str = "***";

/// What a secret is for. Each kind begins in its own way, as WeChat's do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Minted {
    /// Any access token: 136 characters.
    AccessToken,
    /// An authorizer_refresh_token.
    RefreshToken,
    /// A component_verify_ticket.
    Ticket,
}

impl Minted {
    const ALL: [Self; 3] = [Self::AccessToken, Self::RefreshToken, Self::Ticket];

    const fn beginning(self) -> &'static str {
        match self {
            Self::AccessToken => "89_",
            Self::RefreshToken => "refreshtoken@@@",
            Self::Ticket => "ticket@@@",
        }
    }

    /// How many letters and digits follow.
    const fn tail(self) -> usize {
        match self {
            Self::AccessToken => 133,
            Self::RefreshToken => 43,
            Self::Ticket => 86,
        }
    }

    /// A new one.
    pub(crate) fn mint(self) -> String {
        let mut random = fastrand::Rng::new();
        let tail = std::iter::repeat_with(|| random.alphanumeric()).take(self.tail());
        self.beginning().chars().chain(tail).collect()
    }

    /// Where one begins and ends in `text`.
    fn find(self, text: &str) -> Option<(usize, usize)> {
        text.match_indices(self.beginning())
            .map(|(start, beginning)| (start, start + beginning.len() + self.tail()))
            .find(|(start, end)| {
                text.get(start + self.beginning().len()..*end)
                    .is_some_and(|tail| tail.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            })
    }
}

/// The text with stars in the place of everything that looks as if it had been minted.
pub(crate) fn strike_out(text: &str) -> String {
    let mut struck = text.to_owned();
    for kind in Minted::ALL {
        let mut kept = String::with_capacity(struck.len());
        let mut rest = struck.as_str();
        while let Some((start, end)) = kind.find(rest) {
            kept.push_str(rest.get(..start).unwrap_or_default());
            kept.push_str(STRUCK_OUT);
            rest = rest.get(end..).unwrap_or_default();
        }
        kept.push_str(rest);
        struck = kept;
    }
    struck
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_minted_is_struck_out_wherever_it_stands() {
        for kind in Minted::ALL {
            let secret = kind.mint();
            assert_ne!(secret, kind.mint());
            let text = format!("a={secret}&b=x{secret}y {}中", kind.beginning());
            let expected = format!("a=***&b=x***y {}中", kind.beginning());
            assert_eq!(strike_out(&text), expected);
        }
    }
}
