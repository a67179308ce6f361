//! Rules to match against, from a file: one rule, a list of rules, or an answer of getJumpQRCode.

use jumpqr::mapping::{MAX_DOCUMENT_BYTES, parse_candidates, parse_document};
use jumpqr::matching::Candidate;

use crate::failure::Failure;
use crate::input::Input;

/// Reads the rules in `input`. Only `prefix` and `state` count; other fields, whatever they hold, are passed over.
pub(crate) fn read(input: &Input) -> Result<Vec<Candidate>, Failure> {
    let document = parse_document(&input.read(MAX_DOCUMENT_BYTES)?)?;
    Ok(parse_candidates(&document)?)
}
