//! Texts that nothing can be wrong with: nearly all are of this kind.
//!
//! Each call checks its rule. One pass over a text decides that the checks have nothing to look for
//! in it.

/// The letters, digits and `-._` of a host in lower case.
const HOST: u8 = 1 << 0;
/// What may follow the host of a prefix or a test link, without a closer look.
const REST: u8 = 1 << 1;
/// What may occur in the path of a page, without a closer look.
const PAGE: u8 = 1 << 2;
/// What occurs in the name of a parametric QR code.
const CODE: u8 = 1 << 3;

/// For each byte, where it is of this kind.
const KINDS: [u8; 256] = list_kinds();

const fn list_kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut left: &mut [u8] = &mut kinds;
    let mut byte: u8 = 0;
    while let Some((kind, others)) = left.split_first_mut() {
        *kind = kinds_of(byte);
        left = others;
        byte = byte.wrapping_add(1);
    }
    kinds
}

const fn kinds_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' => HOST | REST | PAGE | CODE,
        b'A'..=b'Z' | b'_' => REST | PAGE | CODE,
        b'.' => HOST | REST,
        b'/' => REST | PAGE,
        b'?' | b'=' | b'~' | b'+' => REST,
        _ => 0,
    }
}

/// Whether a host has neither upper-case letters nor anything unusual. It has no port either.
pub(super) fn is_everyday_host(host: &str) -> bool {
    consists_of(host, HOST)
}

/// Whether the text after a host has neither a placeholder nor anything else to look at.
pub(super) fn is_everyday_rest(rest: &str) -> bool {
    consists_of(rest, REST)
}

/// Whether the path of a page has only letters, digits, `-`, `_` and `/`.
pub(super) fn is_everyday_page(page: &str) -> bool {
    consists_of(page, PAGE)
}

/// Whether the name of a parametric QR code has only letters, digits, `-` and `_`.
pub(super) fn is_everyday_code(code: &str) -> bool {
    consists_of(code, CODE)
}

fn consists_of(text: &str, kind: u8) -> bool {
    let kinds = |byte: u8| KINDS.get(usize::from(byte)).copied().unwrap_or(0);
    text.bytes().all(|byte| kinds(byte) & kind != 0)
}
