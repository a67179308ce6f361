use crate::case::{CONTENT, Case, Group};

/// A server that sends a changed content in each directory.
fn changed(
    name: &'static str,
    expected: &'static str,
    change: impl Fn(&str) -> Vec<u8> + Copy + Send + Sync + 'static,
) -> Case {
    Case::http(Group::Content, name, expected, move |_, stream| {
        stream.ok(change(CONTENT));
    })
}

/// A server that sends this text in each directory.
fn text(
    name: &'static str,
    expected: &'static str,
    text: impl Fn(&str) -> String + Copy + Send + Sync + 'static,
) -> Case {
    changed(name, expected, move |content| text(content).into_bytes())
}

pub(super) fn list() -> Vec<Case> {
    vec![
        text(
            "a byte order mark before the content",
            "will_fail: byte_order_mark",
            |content| format!("\u{feff}{content}"),
        ),
        changed("the content in UTF-16", "will_fail: utf16", |content| {
            let units = "\u{feff}".encode_utf16().chain(content.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }),
        text(
            "a line end (LF) after the content",
            "will_fail: white_space_around",
            |content| format!("{content}\n"),
        ),
        text(
            "a line end of Windows (CR LF) after the content",
            "will_fail: white_space_around",
            |content| format!("{content}\r\n"),
        ),
        text(
            "a zero-width space after the content",
            "will_fail: hidden_characters",
            |content| format!("{content}\u{200b}"),
        ),
        text(
            "the content in quotation marks",
            "will_fail: quoted",
            |content| format!("\"{content}\""),
        ),
        text("the content in JSON", "will_fail: text_around", |content| {
            format!(r#"{{"code":0,"data":"{content}"}}"#)
        }),
        text(
            "the content in a page of HTML",
            "will_fail: html_around",
            |content| format!("<html><body><pre>{content}</pre></body></html>"),
        ),
        Case::nginx(
            Group::Content,
            "nginx: a footer is added to each text (`add_after_body`)",
            "will_fail: html_around",
            "http://filter.example.cn/Pay_on/pay_on",
        ),
        text(
            "the content in capital letters",
            "will_fail: content_in_other_case",
            str::to_uppercase,
        ),
        text(
            "the content of another account's file",
            "will_fail: other_file",
            |_| "fedcba9876543210fedcba9876543210".to_owned(),
        ),
        text("half of the content", "will_fail: cut_short", |content| {
            content.chars().take(16).collect()
        }),
        text("nothing", "will_fail: empty", |_| String::new()),
        text("`success`", "will_fail: other_content", |_| {
            "success".to_owned()
        }),
        text("100 KB of text", "will_fail: too_large", |_| {
            "a".repeat(100_000)
        }),
        Case::http(
            Group::Content,
            "the content compressed with gzip, which the request does not accept",
            "will_fail: compressed",
            |_, stream| {
                let fields = "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n";
                stream.respond(
                    "200 OK",
                    fields,
                    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
                );
            },
        ),
        Case::http(
            Group::Content,
            "no Content-Type",
            "may_fail: no_content_type",
            |_, stream| stream.respond("200 OK", "", CONTENT),
        ),
    ]
}
