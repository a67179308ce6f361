//! Parses untrusted bytes as JSON. The input may be too large, not UTF-8, or not JSON.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;

use serde_json::Value;

use crate::check::{Finding, FindingCode};
use crate::error::{Error, Result};

/// The largest document that is parsed, in bytes (4 MiB). A rule takes a few hundred bytes, and a
/// list may have 10,000 rules.
pub const MAX_DOCUMENT_BYTES: usize = 4 << 20;

/// Parses `document` as JSON. It may begin with a byte order mark.
///
/// The error of a document that is not UTF-8 or not JSON says where, and what to do.
pub fn parse_document(document: &[u8]) -> Result<Value> {
    parse_document_of(document, MAX_DOCUMENT_BYTES)
}

/// Parses a document of at most `max_bytes`, as [`parse_document`] does.
pub(super) fn parse_document_of(document: &[u8], max_bytes: usize) -> Result<Value> {
    if document.len() > max_bytes {
        return Err(refuse(
            FindingCode::TooLarge,
            format!(
                "the document is larger than {max_bytes} bytes; a rule takes a few \
                 hundred: is it the right file?"
            ),
        ));
    }
    let text = core::str::from_utf8(document).map_err(|error| {
        refuse(
            FindingCode::NotUtf8,
            format!(
                "the document is not UTF-8 from byte {} on; save it as UTF-8",
                error.valid_up_to()
            ),
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let remedy = match text.lines().position(|line| line.contains(['“', '”'])) {
            Some(curly) => format!(
                "line {} has curly quotes (“ ”): replace them with straight ones (\")",
                curly + 1
            ),
            None if text.trim().is_empty() => {
                "it is empty: give one rule as a JSON object".to_owned()
            }
            None => "check closing quotes and commas".to_owned(),
        };
        refuse(
            FindingCode::NotJson,
            format!("the document is not JSON (line {line}, column {column}); {remedy}"),
        )
    })
}

fn refuse(code: FindingCode, message: String) -> Error {
    Error::invalid(vec![Finding {
        field: String::new(),
        code,
        message,
    }])
}
