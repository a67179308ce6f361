use std::fmt;

use jumpqr_core::error::{Error, OwnCode, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a name. Capitals do not: some file systems do not tell them from small letters.
const ESCAPED: &AsciiSet = &{
    let mut set = NON_ALPHANUMERIC.remove(b'_');
    let mut letter = b'A';
    while letter <= b'Z' {
        set = set.add(letter);
        letter += 1;
    }
    set
};

/// The longest name, in bytes: with the endings that a store appends it still is a file's name everywhere.
const LONGEST_NAME: usize = 200;

/// What a record is about: a kind of token, and whose it is. It is printed and stored in plain text, so nothing in it may be
/// a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// The key of this `kind` of token, such as `stable_token`, of the account `appid`, and of what else it belongs to: a
    /// platform's component_appid, a host that is not WeChat's own.
    ///
    /// Kind and appid must be given, and all together not be longer than about 190 bytes.
    pub fn new(kind: &str, appid: &str, further: &[&str]) -> Result<Self> {
        let mut name = encode(kind);
        for part in std::iter::once(appid).chain(further.iter().copied()) {
            name.push('-');
            name.push_str(&encode(part));
        }
        let refuse = |what| Err(Error::new(OwnCode::InvalidConfig, what));
        if kind.is_empty() || appid.is_empty() {
            return refuse("appid: it is empty; give the account's appid");
        }
        if name.len() > LONGEST_NAME {
            return refuse(
                "appid and base_url: together they are too long to keep tokens under; give the account's appid, and a shorter base_url",
            );
        }
        Ok(Self(name))
    }

    /// Whether it may be the name of a key.
    pub(super) fn is_name(name: &str) -> bool {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'_' | b'-' | b'%' | b'A'..=b'F')
        };
        name.contains('-') && name.bytes().all(allowed)
    }

    /// The key as a name, of which there are no two alike: small letters, digits, `_`, `-`, and `%` with capital hex digits.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

fn encode(part: &str) -> String {
    utf8_percent_encode(part, ESCAPED).to_string()
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn no_two_keys_have_the_same_name_and_none_leaves_its_folder() {
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
