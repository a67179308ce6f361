//! Parses the argument that is the text of a code.

/// Refuses white space around the link. No code is meant to have it: it was copied with the link.
pub(crate) fn parse_scanned_link(text: &str) -> Result<String, String> {
    if text.trim().len() == text.len() {
        Ok(text.to_owned())
    } else {
        Err("the link has white space around it: leave it out".to_owned())
    }
}
