use jumpqr_core::preflight::{BodyEnd, Outcome, Place, Response, judge};

use crate::{CONTENT, PREFIX, V4, body, fetch, field, good, judge_response, seen, summary};

fn code(response: &Response) -> String {
    summary(&judge_response(response))
}

#[test]
fn a_body_that_is_nearly_the_content_is_told_by_its_difference() {
    let content = std::str::from_utf8(CONTENT).unwrap();
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for (expected, bytes) in [
        ("byte_order_mark", format!("\u{feff}{content}").into_bytes()),
        (
            "byte_order_mark",
            format!("\u{feff}{content}\r\n").into_bytes(),
        ),
        ("utf16", utf16(&format!("\u{feff}{content}"))),
        ("utf16", utf16(content)),
        ("white_space_around", format!("{content}\n").into_bytes()),
        ("white_space_around", format!("{content}\r\n").into_bytes()),
        ("white_space_around", format!(" {content}\t").into_bytes()),
        (
            "hidden_characters",
            format!("{content}\u{200b}").into_bytes(),
        ),
        ("hidden_characters", format!("\u{a0}{content}").into_bytes()),
        (
            "hidden_characters",
            content.replacen('8', "8\u{200d}", 1).into_bytes(),
        ),
        ("quoted", format!("\"{content}\"").into_bytes()),
        ("quoted", format!("'{content}'\n").into_bytes()),
        ("quoted", format!("“{content}”").into_bytes()),
        (
            "html_around",
            format!("<html><body>{content}</body></html>").into_bytes(),
        ),
        ("html_around", format!("<pre>{content}</pre>").into_bytes()),
        (
            "text_around",
            format!("{{\"code\":0,\"data\":\"{content}\"}}").into_bytes(),
        ),
        ("text_around", format!("{content}\n{content}").into_bytes()),
        ("content_in_other_case", content.to_uppercase().into_bytes()),
        ("other_file", b"ffffffffffffffffffffffffffffffff".to_vec()),
        ("other_file", b"ffffffffffffffffffffffffffffffff\n".to_vec()),
        ("cut_short", CONTENT[..20].to_vec()),
        ("empty", Vec::new()),
        ("empty", b"\n".to_vec()),
        (
            "application_page",
            b"<!DOCTYPE html><title>Shop</title>".to_vec(),
        ),
        (
            "application_page",
            b"\xd6\xd0<HTML><body>\xce\xc4</body></HTML>".to_vec(),
        ),
        ("other_content", b"not found".to_vec()),
        ("other_content", b"\xd6\xd0\xce\xc4".to_vec()),
        ("compressed", b"\x1f\x8b\x08\x00".to_vec()),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(
            code(&body(bytes)),
            format!("will_fail: {expected}"),
            "{shown:?}"
        );
    }
}

#[test]
fn the_end_of_a_body_counts() {
    let end = |bytes: &[u8], end| Response { end, ..body(bytes) };
    for (expected, response) in [
        ("never_ends", end(CONTENT, BodyEnd::TimedOut)),
        ("too_slow", end(&CONTENT[..9], BodyEnd::TimedOut)),
        ("cut_short", end(CONTENT, BodyEnd::Closed)),
        ("too_large", end(&vec![b'a'; 65536], BodyEnd::TooLarge)),
        ("application_page", end(b"<html>", BodyEnd::TooLarge)),
    ] {
        assert_eq!(code(&response), format!("will_fail: {expected}"));
    }
}

#[test]
fn an_encoded_body_is_compressed_whatever_it_holds() {
    let mut response = body(b"\x78\x9c");
    response.header.push(field("content-encoding", "deflate"));
    assert_eq!(code(&response), "will_fail: compressed");
    let mut response = good();
    response.header.push(field("content-encoding", "identity"));
    assert_eq!(code(&response), "no_cause_found: ");
}

#[test]
fn a_file_at_hand_that_an_editor_has_damaged_still_says_what_is_expected() {
    let served = [b"\xef\xbb\xbf", CONTENT, b"\r\n"].concat();
    for (response, expected) in [
        (body(&served), "will_fail: byte_order_mark"),
        (good(), "no_cause_found: "),
    ] {
        let mut seen = seen(PREFIX);
        seen.file.content.clone_from(&served);
        fetch(&mut seen, Place::Right, V4, Outcome::Response(response));
        assert_eq!(summary(&judge(seen)), expected);
    }
}
