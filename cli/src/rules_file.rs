//! Reads rules to match against from a file: one rule, a list, or a response of getJumpQRCode.

use jumpqr::mapping::{MAX_DOCUMENT_BYTES, parse_candidates, parse_document};
use jumpqr::matching::Candidate;

use crate::error::CommandError;
use crate::input::Input;

/// Reads the `prefix` and `state` of each rule. Other fields are ignored.
pub(crate) fn read(input: &Input) -> Result<Vec<Candidate>, CommandError> {
    let document = parse_document(&input.read(MAX_DOCUMENT_BYTES)?)?;
    Ok(parse_candidates(&document)?)
}
