//! The query of a push, read by name.

use alloc::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::refusal::{malformed, not_one_field};
use crate::error::Result;

/// The longest query of a push, in bytes. WeChat's have about 200.
pub const MAX_QUERY_BYTES: usize = 4096;

/// The longest nonce, in characters; WeChat's have about 10.
///
/// The signature covers the joined parts, without their borders. So the beginning of a ciphertext
/// could be moved to the nonce. But 64 characters of base64 are the fewest that are whole blocks:
/// after any shorter cut, the rest cannot be decrypted.
const LONGEST_NONCE: usize = 63;

/// The most digits of a timestamp.
const LONGEST_TIMESTAMP: usize = 20;

/// The query of a push.
#[derive(Clone, Copy)]
pub(super) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// Takes a query that is not too long, with or without the leading `?`.
    pub(super) fn new(query: &'a str) -> Result<Self> {
        if query.len() > MAX_QUERY_BYTES {
            return Err(malformed("the query is longer than any push has"));
        }
        Ok(Self(query.strip_prefix('?').unwrap_or(query)))
    }

    /// Returns the only field with this name, percent-decoded. A doubled field is refused: the web
    /// server might read the other one.
    pub(super) fn only(self, name: &str) -> Result<Cow<'a, str>> {
        let mut values = self.0.split('&').filter_map(|field| {
            let (key, value) = field.split_once('=').unwrap_or((field, ""));
            let is_same = percent_decode_str(key).eq(name.bytes());
            is_same.then_some(value)
        });
        match (values.next(), values.next()) {
            (Some(value), None) => percent_decode_str(value)
                .decode_utf8()
                .map_err(|_| not_one_field(name)),
            _ => Err(not_one_field(name)),
        }
    }

    /// Returns timestamp and nonce.
    pub(super) fn stamp(self) -> Result<(Cow<'a, str>, Cow<'a, str>)> {
        let (timestamp, nonce) = (self.only("timestamp")?, self.only("nonce")?);
        if !is_timestamp(&timestamp) {
            return Err(malformed("the timestamp is not a number of seconds"));
        }
        if !is_nonce(&nonce) {
            return Err(malformed("the nonce is empty, too long, or not ASCII"));
        }
        Ok((timestamp, nonce))
    }
}

fn is_timestamp(text: &str) -> bool {
    (1..=LONGEST_TIMESTAMP).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether the text can be a nonce.
pub(super) fn is_nonce(text: &str) -> bool {
    (1..=LONGEST_NONCE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::{MAX_QUERY_BYTES, Query};

    fn only(query: &str, name: &str) -> Option<String> {
        let query = Query::new(query).unwrap();
        query.only(name).ok().map(String::from)
    }

    #[test]
    fn a_field_is_found_by_its_name_in_any_order() {
        for query in ["a=1&nonce=x", "?nonce=x&a=1", "nonc%65=%78", "&&nonce=x&"] {
            assert_eq!(only(query, "nonce").as_deref(), Some("x"), "{query}");
        }
        assert_eq!(only("nonce", "nonce").as_deref(), Some(""));
        assert_eq!(only("nonce=a=b+c", "nonce").as_deref(), Some("a=b+c"));
    }

    #[test]
    fn a_missing_doubled_or_broken_field_is_refused() {
        for query in [
            "",
            "Nonce=1",
            "nonce=1&nonce=1",
            "nonce=1&nonc%65=2",
            "nonce=%ff",
        ] {
            assert_eq!(only(query, "nonce"), None, "{query}");
        }
    }

    #[test]
    fn the_length_of_a_query_has_a_limit() {
        assert!(Query::new(&"a".repeat(MAX_QUERY_BYTES)).is_ok());
        assert!(Query::new(&"a".repeat(MAX_QUERY_BYTES + 1)).is_err());
    }

    #[test]
    fn timestamp_and_nonce_have_their_form() {
        let long = "1".repeat(64);
        let is_stamp = |timestamp: &str, nonce: &str| {
            let query = format!("timestamp={timestamp}&nonce={nonce}");
            Query::new(&query).unwrap().stamp().is_ok()
        };
        assert!(is_stamp("1751328000", "1221527777"));
        assert!(is_stamp("1", long.get(1..).unwrap()));
        for timestamp in ["", "-1", "1a", "1.0", "123456789012345678901"] {
            assert!(!is_stamp(timestamp, "1"), "{timestamp}");
        }
        for nonce in ["", "%20", "%e4%b8%ad", "%00", &long] {
            assert!(!is_stamp("1", nonce), "{nonce}");
        }
    }
}
