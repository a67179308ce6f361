use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::Result;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::checks::refuse;

/// The bytes that are percent-encoded in a name. Capital letters are among them, because some file
/// systems ignore case.
const ESCAPED: &AsciiSet = &{
    let mut set = NON_ALPHANUMERIC.remove(b'_');
    let mut letter = b'A';
    while letter <= b'Z' {
        set = set.add(letter);
        letter += 1;
    }
    set
};

/// The longest name, in bytes. With the endings that a store appends, it is still a valid file name
/// on every system.
const LONGEST_NAME: usize = 200;

/// The name of a record: a kind of token, and the account it belongs to. It is printed and stored
/// in plain text, so no part of it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// Makes the key of a `kind` of token, such as `stable_token`, of the account `appid`.
    /// `further` are the other things that tell tokens apart: a platform's component_appid, a host
    /// that is not WeChat's own.
    ///
    /// `kind` and `appid` must not be empty. All parts together may have about 190 bytes, or the
    /// key is refused as `invalid_config`.
    pub fn new(kind: &str, appid: &str, further: &[&str]) -> Result<Self> {
        let mut name = encode(kind);
        for part in std::iter::once(appid).chain(further.iter().copied()) {
            name.push('-');
            name.push_str(&encode(part));
        }
        let refuse = |code, message| Err(refuse(Finding::new("appid", code, message)));
        if kind.is_empty() || appid.is_empty() {
            return refuse(FindingCode::Empty, "is empty; give the account's appid");
        }
        if name.len() > LONGEST_NAME {
            let message = "is too long, with the host of the base URL, for the name of a stored \
                           token; give the account's appid, and a shorter base URL";
            return refuse(FindingCode::TooLarge, message);
        }
        Ok(Self(name))
    }

    /// Returns whether this may be the name of a key.
    pub(super) fn is_name(name: &str) -> bool {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'_' | b'-' | b'%' | b'A'..=b'F')
        };
        name.contains('-') && name.bytes().all(allowed)
    }

    /// Returns the key as text. No two keys have the same. It has small letters, digits, `_`, `-`,
    /// and `%` with capital hexadecimal digits.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

fn encode(part: &str) -> String {
    utf8_percent_encode(part, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn no_two_keys_have_the_same_name_and_no_name_leads_out_of_the_folder() {
        let name = |kind, appid, further: &[&str]| {
            Key::new(kind, appid, further)
                .unwrap()
                .name()
                .to_lowercase()
        };
        assert_eq!(name("stable_token", "wx12ab", &[]), "stable_token-wx12ab");
        assert!(Key::is_name(
            Key::new("token", "wx/é:", &[]).unwrap().name()
        ));
        assert!(!Key::is_name("notes.txt") && !Key::is_name("bin"));
        assert_ne!(name("token", "wxAB", &[]), name("token", "wxab", &[]));
        assert_ne!(name("a-b", "c", &[]), name("a", "b-c", &[]));
        assert_ne!(name("a", "b-c", &[]), name("a", "b", &["c"]));
        assert!(!name("token", "../../etc/passwd", &["a:1/"]).contains(['/', '.', ':']));
        Key::new("token", "", &[]).unwrap_err();
        Key::new("token", &"x".repeat(300), &[]).unwrap_err();
    }
}
