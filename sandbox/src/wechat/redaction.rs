//! Redacts tokens and secrets in what is recorded of a request.
//!
//! To drop fields by their name is not enough: a client may send a secret where none belongs, e.g.
//! in the path. To look for known secrets is not enough either: a wrong secret may be right
//! elsewhere. So both are done.

use percent_encoding::percent_decode_str;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::state::secrets::{GeneratedSecret, KnownSecrets};

const REDACTED: &str = "***";

/// The ends of the names of fields and headers that hold secrets.
const SECRET_NAMES: [&str; 7] = [
    "auth_code",
    "authorization",
    "authorization_code",
    "cookie",
    "secret",
    "ticket",
    "token",
];

/// The secrets that the record of one request must not show.
pub(crate) struct Redaction<'a> {
    known: &'a KnownSecrets,
    /// The values of the request's own secret fields.
    sent: KnownSecrets,
}

impl<'a> Redaction<'a> {
    pub(crate) fn new(known: &'a KnownSecrets, query: &[(String, String)], body: &str) -> Self {
        let mut sent = KnownSecrets::default();
        for (name, value) in query {
            if is_secret_name(name) {
                sent.add(value);
            }
        }
        let mut redaction = Self { known, sent };
        let mut in_body = Vec::new();
        redaction.redact_json(body, &mut in_body);
        for secret in &in_body {
            redaction.sent.add(secret);
        }
        redaction
    }

    /// Returns the text with `***` for every secret of 8 bytes or more, raw, in JSON or
    /// percent-encoded.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.redact_plain(&self.redact_json(text, &mut Vec::new()))
    }

    /// If the text has a percent-encoded secret, returns it decoded.
    fn redact_plain(&self, text: &str) -> String {
        let mut redacted = self.replace(text);
        if redacted.contains(['%', '+']) {
            // In a form, a plus is a space.
            for space in ["+", " "] {
                let encoded = redacted.replace('+', space);
                let decoded = percent_decode_str(&encoded).decode_utf8_lossy();
                let shown = self.replace(&decoded);
                if shown != decoded {
                    redacted = shown;
                }
            }
        }
        redacted
    }

    fn replace(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let secret = GeneratedSecret::length_at_start(rest)
                .max(self.known.length_at_start(rest))
                .max(self.sent.length_at_start(rest));
            match secret {
                Some(_) => replaced.push_str(REDACTED),
                None => replaced.push(character),
            }
            let length = secret.unwrap_or(character.len_utf8());
            rest = rest.get(length..).unwrap_or_default();
        }
        replaced
    }

    pub(super) fn redact_header(&self, name: &str, value: &str) -> String {
        if is_secret_name(name) {
            return REDACTED.to_owned();
        }
        self.redact(value)
    }

    /// Redacts a body. If it should be JSON with a secret, but is not JSON, nothing of it is kept.
    pub(super) fn redact_body(&self, body: &str, should_have_secret: bool) -> String {
        let is_json = body.is_empty() || serde_json::from_str::<IgnoredAny>(body).is_ok();
        let lower = body.to_ascii_lowercase();
        let has_secret_name = SECRET_NAMES.iter().any(|name| lower.contains(name));
        if !is_json && (should_have_secret || has_secret_name) {
            return REDACTED.to_owned();
        }
        self.redact(body)
    }

    /// Redacts the strings of a JSON text, and replaces the values of secret fields with `"***"`.
    /// Adds the replaced values to `sent`.
    fn redact_json(&self, json: &str, sent: &mut Vec<String>) -> String {
        let mut redacted = String::with_capacity(json.len());
        let mut follows_secret_name = false;
        for piece in pieces(json) {
            if let Some(unquoted) = piece.strip_prefix('"') {
                let text: String = match serde_json::from_str(piece) {
                    Ok(text) => text,
                    Err(_) if piece.contains('\\') => {
                        // The escapes could hide a secret.
                        redacted.push_str("\"***\"");
                        continue;
                    }
                    Err(_) => unquoted.to_owned(),
                };
                if std::mem::take(&mut follows_secret_name) && !text.is_empty() {
                    redacted.push_str("\"***\"");
                    sent.push(text);
                    continue;
                }
                follows_secret_name = is_secret_name(&text);
                let shown = self.redact(&text);
                if shown == text {
                    redacted.push_str(piece);
                } else {
                    redacted.push_str(&Value::from(shown).to_string());
                }
                continue;
            }
            // After a name, this is a colon and the value, unless the value is a string.
            let after_colon = piece.trim_start().strip_prefix(':');
            follows_secret_name &= after_colon.is_some();
            let value = after_colon.and_then(|rest| rest.split([',', '}']).next());
            let value = value.unwrap_or_default().trim();
            if !follows_secret_name || value.is_empty() {
                redacted.push_str(piece);
                continue;
            }
            if value.starts_with(['[', '{']) {
                // The strings in it could be secret.
                redacted.push_str(":\"***\"");
                return redacted;
            }
            follows_secret_name = false;
            if value == "null" {
                redacted.push_str(piece);
            } else {
                redacted.push_str(&piece.replacen(value, "\"***\"", 1));
            }
        }
        redacted
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|end| name.ends_with(end))
}

/// Splits a JSON text into its strings and what stands between them.
fn pieces(json: &str) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        let mut is_escaped = false;
        let end = if rest.starts_with('"') {
            let closing = rest.bytes().skip(1).position(|byte| {
                let closes = byte == b'"' && !is_escaped;
                is_escaped = byte == b'\\' && !is_escaped;
                closes
            });
            closing.map(|closing| closing + 2)
        } else {
            rest.find('"')
        };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}
