//! HTTP as it should be, with something in it that is not WeChat's.

use std::io;

use super::Play::{Redirect, Request};
use super::{Connection, Fault};

/// So deep that a reader that recurses without a limit overflows its stack.
const DEEP: usize = 50_000;

/// `{"errcode":0}`, as gzip would send it.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xabVJ-*J\xceOIU\xb22\xa8\x05\0\xeaV1\x98\r\0\0\0";

/// What nginx says for an upstream that is gone.
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "gzip-that-nobody-asked-for",
        Request(|connection, _| {
            let length = GZIP.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n"
            );
            connection
                .write(&[head.as_bytes(), GZIP].concat())
                .map(|()| true)
        }),
    ),
    Fault::new(
        "status-502-html",
        Request(|connection, _| answer(connection, "502 Bad Gateway", BAD_GATEWAY)),
    ),
    Fault::new(
        "status-200-html",
        Request(|connection, _| answer(connection, "200 OK", "<html>Log in to the network</html>")),
    ),
    Fault::new(
        "status-403-html",
        Request(|connection, _| answer(connection, "403 Forbidden", "<html>Forbidden</html>")),
    ),
    Fault::new(
        "status-404-json",
        Request(|connection, request| answer(connection, "404 Not Found", request.right_answer())),
    ),
    Fault::new(
        "status-429",
        Request(|connection, _| answer(connection, "429 Too Many Requests", "")),
    ),
    Fault::new(
        "status-500-json",
        Request(|connection, request| {
            answer(
                connection,
                "500 Internal Server Error",
                request.right_answer(),
            )
        }),
    ),
    Fault::new(
        "status-204",
        Request(|connection, _| {
            connection
                .write(b"HTTP/1.1 204 No Content\r\n\r\n")
                .map(|()| true)
        }),
    ),
    Fault::new(
        "status-101",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n").map(|()| false)
        }),
    ),
    Fault::new("empty", Request(|connection, _| right(connection, ""))),
    Fault::new(
        "white-space",
        Request(|connection, _| right(connection, " \r\n\t ")),
    ),
    Fault::new(
        "json-array",
        Request(|connection, _| right(connection, r#"[{"errcode":0,"errmsg":"ok"}]"#)),
    ),
    Fault::new(
        "json-number",
        Request(|connection, _| right(connection, "0")),
    ),
    Fault::new(
        "json-null",
        Request(|connection, _| right(connection, "null")),
    ),
    Fault::new(
        "json-string",
        Request(|connection, _| right(connection, r#""ok""#)),
    ),
    Fault::new(
        "json-twice",
        Request(|connection, request| {
            let body = request.right_answer();
            right(connection, &format!("{body}{body}"))
        }),
    ),
    Fault::new(
        "errcode-text",
        Request(|connection, _| {
            right(connection, r#"{"errcode":"40097","errmsg":"invalid args"}"#)
        }),
    ),
    Fault::new(
        "errcode-text-of-words",
        Request(|connection, _| right(connection, r#"{"errcode":"none","errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-whole-float",
        Request(|connection, _| {
            right(connection, r#"{"errcode":40097.0,"errmsg":"invalid args"}"#)
        }),
    ),
    Fault::new(
        "errcode-float",
        Request(|connection, _| right(connection, r#"{"errcode":0.5,"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-10-to-20",
        Request(|connection, _| {
            right(
                connection,
                r#"{"errcode":100000000000000000000,"errmsg":"ok"}"#,
            )
        }),
    ),
    Fault::new(
        "errcode-1e20",
        Request(|connection, _| right(connection, r#"{"errcode":1e20,"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-object",
        Request(|connection, _| right(connection, r#"{"errcode":{"errcode":0},"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-null",
        Request(|connection, _| right(connection, r#"{"errcode":null,"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-missing",
        Request(|connection, _| right(connection, r#"{"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-twice",
        Request(|connection, _| {
            right(
                connection,
                r#"{"errcode":0,"errcode":40097,"errmsg":"invalid args"}"#,
            )
        }),
    ),
    Fault::new(
        "errmsg-with-the-token",
        Request(|connection, _| {
            let token = super::ACCESS_TOKEN;
            right(
                connection,
                &format!(r#"{{"errcode":40097,"errmsg":"invalid args in ?access_token={token}"}}"#),
            )
        }),
    ),
    Fault::new(
        "deep-arrays",
        Request(|connection, _| right(connection, &"[".repeat(DEEP))),
    ),
    Fault::new(
        "deep-objects",
        Request(|connection, _| {
            let (open, close) = (r#"{"errcode":"#.repeat(DEEP), "}".repeat(DEEP));
            right(connection, &format!("{open}0{close}"))
        }),
    ),
    Fault::new(
        "invalid-utf-8",
        Request(|connection, _| {
            connection
                .answer("200 OK", b"\xff\xfe{\"errcode\":0}")
                .map(|()| true)
        }),
    ),
    Fault::new(
        "invalid-utf-8-in-errmsg",
        Request(|connection, _| {
            connection
                .answer("200 OK", b"{\"errcode\":40097,\"errmsg\":\"\xff\xfe\"}")
                .map(|()| true)
        }),
    ),
    Fault::new(
        "redirect-301",
        Redirect(|connection, elsewhere| redirect(connection, "301 Moved Permanently", elsewhere)),
    ),
    Fault::new(
        "redirect-302",
        Redirect(|connection, elsewhere| redirect(connection, "302 Found", elsewhere)),
    ),
    Fault::new(
        "redirect-303",
        Redirect(|connection, elsewhere| redirect(connection, "303 See Other", elsewhere)),
    ),
    Fault::new(
        "redirect-307",
        Redirect(|connection, elsewhere| redirect(connection, "307 Temporary Redirect", elsewhere)),
    ),
    Fault::new(
        "redirect-308",
        Redirect(|connection, elsewhere| redirect(connection, "308 Permanent Redirect", elsewhere)),
    ),
];

fn answer(connection: &mut Connection, status: &str, body: &str) -> io::Result<bool> {
    connection.answer(status, body.as_bytes()).map(|()| true)
}

fn right(connection: &mut Connection, body: &str) -> io::Result<bool> {
    answer(connection, "200 OK", body)
}

fn redirect(connection: &mut Connection, status: &str, elsewhere: &str) -> io::Result<bool> {
    let head = format!("HTTP/1.1 {status}\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
    connection.write(head.as_bytes()).map(|()| true)
}
