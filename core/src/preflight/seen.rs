//! Shows what was seen, verbatim and on one line.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use super::observation::{BodyEnd, Fetch, Outcome, Response};

/// How many bytes of a body are shown.
const SHOWN_BYTES: usize = 160;

/// Returns the bytes as text in quotation marks, the first of them if they are many.
pub(super) fn quote(bytes: &[u8]) -> String {
    let text = escape(bytes);
    if bytes.len() > SHOWN_BYTES {
        format!("\"{text}\" … ({} bytes)", bytes.len())
    } else {
        format!("\"{text}\"")
    }
}

/// Returns the bytes as text, the first of them if they are many. What has no shape of its own is
/// escaped: control characters, invisible characters, bytes that are not UTF-8.
pub(super) fn escape(bytes: &[u8]) -> String {
    let shown = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
    let mut text = String::new();
    let mut chunks = shown.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' | '\'' => text.push(letter),
                _ => text.extend(letter.escape_debug()),
            }
        }
        // The end of what is shown may be within a character.
        if chunks.peek().is_some() || shown.len() == bytes.len() {
            for byte in chunk.invalid() {
                // Writing to a text cannot fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text
}

/// Describes what came of a fetch.
pub(super) fn describe(fetch: &Fetch) -> String {
    match &fetch.outcome {
        Outcome::Response(response) => describe_response(fetch, response),
        Outcome::Failed { detail, .. } | Outcome::NotTried { detail, .. } if detail.is_empty() => {
            fetch.outcome.name().into()
        }
        Outcome::Failed { detail, .. } | Outcome::NotTried { detail, .. } => {
            escape(detail.as_bytes())
        }
    }
}

fn describe_response(fetch: &Fetch, response: &Response) -> String {
    let mut text = format!("status {}", response.status);
    for name in ["Location", "Content-Type", "Content-Encoding"] {
        if let Some(value) = response.field(name) {
            let _ = write!(text, ", {name}: {}", escape(value));
        }
    }
    let end = match response.end {
        BodyEnd::Complete => "",
        BodyEnd::TooLarge => "more than 64 KiB, ",
        BodyEnd::Closed => "closed before its end, ",
        BodyEnd::TimedOut => "without its end, ",
    };
    if let Some(ms) = fetch.times.whole_ms {
        let _ = write!(text, ", {ms} ms");
    }
    let _ = write!(text, ", body: {end}{}", quote(&response.body));
    text
}
