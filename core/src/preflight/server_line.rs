//! A line for the configuration of nginx that serves the file.

use alloc::format;
use alloc::string::String;

use percent_encoding::percent_decode_str;

use crate::link::Link;

/// Returns the line that answers `url` with exactly `content`. `None` if one of them has characters
/// that mean something else in nginx's configuration: the line will be pasted into one, and
/// strangers may have written the prefix.
pub(super) fn nginx(url: &str, content: &[u8]) -> Option<String> {
    // nginx compares the decoded path.
    let path = percent_decode_str(Link::cut(url)?.path)
        .decode_utf8()
        .ok()?;
    let content = core::str::from_utf8(content).ok()?;
    let is_plain = |letter: char| letter.is_alphanumeric() || "/-._~!()+,:@=&".contains(letter);
    let is_safe = path.starts_with('/') && path.chars().all(is_plain);
    (is_safe && content.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| {
        format!("location = {path} {{ default_type text/plain; return 200 \"{content}\"; }}")
    })
}
