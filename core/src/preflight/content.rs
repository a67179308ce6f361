//! Compares a body with the content that WeChat expects.

use alloc::string::String;
use alloc::vec::Vec;

use super::PreflightCode;
use super::observation::{BodyEnd, Response};

/// What UTF-8 bodies begin with if an editor has added a byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What UTF-16 bodies begin with.
const UTF16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// What gzip bodies begin with.
const GZIP_MARK: &[u8] = b"\x1f\x8b";

/// How many hexadecimal characters the content has.
const LENGTH: usize = 32;

/// How many bytes of a body are searched for the signs of HTML.
const HEAD_OF_PAGE: usize = 2048;

/// What is in pages of HTML, in lower case.
const SIGNS_OF_HTML: [&str; 5] = ["<!doctype", "<html", "<head", "<body", "<script"];

/// Returns the content that a server must send. If the file at hand was damaged by an editor, that
/// are the 32 characters in it.
pub(super) fn expected(content: &[u8]) -> &[u8] {
    let text = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
    let text = core::str::from_utf8(text).unwrap_or_default();
    let is_around = |letter: char| letter.is_whitespace() || is_hidden(letter) || is_quote(letter);
    let inner = text.trim_matches(is_around);
    if is_content(inner) {
        inner.as_bytes()
    } else {
        content
    }
}

/// Whether this is a content as WeChat makes it.
pub(super) fn is_content(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns what is wrong with the body of a response with status 200.
pub(super) fn problem(response: &Response, expected: &[u8]) -> Option<PreflightCode> {
    let body = &*response.body;
    match response.end {
        BodyEnd::TimedOut if body == expected => return Some(PreflightCode::NeverEnds),
        BodyEnd::TimedOut => return Some(PreflightCode::TooSlow),
        BodyEnd::Closed => return Some(PreflightCode::CutShort),
        BodyEnd::TooLarge if !is_page(response) => return Some(PreflightCode::TooLarge),
        BodyEnd::Complete | BodyEnd::TooLarge => {}
    }
    if body == expected {
        return None;
    }
    Some(if body.is_empty() {
        PreflightCode::Empty
    } else if is_compressed(response) {
        PreflightCode::Compressed
    } else if UTF16_MARKS.iter().any(|mark| body.starts_with(mark)) || is_utf16(body, expected) {
        PreflightCode::Utf16
    } else {
        let text = core::str::from_utf8(body).ok();
        let expected = core::str::from_utf8(expected).ok();
        let known = text
            .zip(expected)
            .and_then(|(text, expected)| around(text, expected));
        match known {
            Some(code) => code,
            None if is_page(response) => PreflightCode::ApplicationPage,
            None => PreflightCode::OtherContent,
        }
    })
}

/// Whether the expected content is somewhere in the body.
pub(super) fn is_within(body: &[u8], expected: &[u8]) -> bool {
    !expected.is_empty() && body.windows(expected.len()).any(|part| part == expected)
}

/// Returns how a text differs from the content, if it is similar.
fn around(text: &str, expected: &str) -> Option<PreflightCode> {
    let marked = text.as_bytes().starts_with(BYTE_ORDER_MARK);
    let is_shown_space = |letter: char| letter.is_whitespace() && !is_hidden(letter);
    let trimmed = text.trim_start_matches('\u{feff}');
    let trimmed = trimmed.trim_matches(is_shown_space);
    let visible: String = trimmed
        .chars()
        .filter(|&letter| !is_hidden(letter))
        .collect();
    let visible = visible.trim();
    Some(if trimmed == expected {
        if marked {
            PreflightCode::ByteOrderMark
        } else {
            PreflightCode::WhiteSpaceAround
        }
    } else if visible == expected {
        PreflightCode::HiddenCharacters
    } else if visible.trim_matches(is_quote).trim() == expected {
        PreflightCode::Quoted
    } else if !expected.is_empty() && text.contains(expected) {
        if text.contains('<') {
            PreflightCode::HtmlAround
        } else {
            PreflightCode::TextAround
        }
    } else if visible.eq_ignore_ascii_case(expected) {
        PreflightCode::ContentInOtherCase
    } else if is_content(visible.trim_matches(is_quote)) {
        PreflightCode::OtherFile
    } else if visible.is_empty() {
        PreflightCode::Empty
    } else if expected.starts_with(visible) {
        PreflightCode::CutShort
    } else {
        return None;
    })
}

/// Whether a character is invisible: of no width, or a space that looks like any other.
const fn is_hidden(letter: char) -> bool {
    matches!(
        letter,
        '\u{a0}' | '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{3000}' | '\u{feff}' | '\0'
    )
}

const fn is_quote(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}'
    )
}

fn is_compressed(response: &Response) -> bool {
    let encoding = response.field("content-encoding").unwrap_or_default();
    let is_encoded = !encoding.is_empty() && !encoding.eq_ignore_ascii_case(b"identity");
    is_encoded || response.body.starts_with(GZIP_MARK)
}

/// Whether a body without a byte order mark is the content in UTF-16.
fn is_utf16(body: &[u8], expected: &[u8]) -> bool {
    let visible: Vec<u8> = body.iter().copied().filter(|&byte| byte != 0).collect();
    body.len() == expected.len().saturating_mul(2) && visible == expected
}

fn is_page(response: &Response) -> bool {
    let head = response.body.get(..HEAD_OF_PAGE).unwrap_or(&response.body);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    SIGNS_OF_HTML.iter().any(|sign| head.contains(sign))
}
