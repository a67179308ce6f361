//! Faults with correct HTTP, but with a status or a body that WeChat would not send.

use std::io;

use super::Action::{AfterRequest, Redirect};
use super::{Connection, Fault};

/// A depth at which a recursive parser without a limit overflows its stack.
const DEEP: usize = 50_000;

/// `{"errcode":0}`, compressed with gzip.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xabVJ-*J\xceOIU\xb22\xa8\x05\0\xeaV1\x98\r\0\0\0";

/// nginx's page when the upstream server is down.
const BAD_GATEWAY: &str = "<html>\r\n\
    <head><title>502 Bad Gateway</title></head>\r\n\
    <body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n\
    </body>\r\n\
    </html>\r\n";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "gzip-that-nobody-asked-for",
        AfterRequest(|connection, _| {
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
        AfterRequest(|connection, _| send(connection, "502 Bad Gateway", BAD_GATEWAY)),
    ),
    Fault::new(
        "status-200-html",
        AfterRequest(|connection, _| {
            send(connection, "200 OK", "<html>Log in to the network</html>")
        }),
    ),
    Fault::new(
        "status-403-html",
        AfterRequest(|connection, _| send(connection, "403 Forbidden", "<html>Forbidden</html>")),
    ),
    Fault::new(
        "status-404-json",
        AfterRequest(|connection, request| {
            send(connection, "404 Not Found", request.correct_answer())
        }),
    ),
    Fault::new(
        "status-429",
        AfterRequest(|connection, _| send(connection, "429 Too Many Requests", "")),
    ),
    Fault::new(
        "status-500-json",
        AfterRequest(|connection, request| {
            send(
                connection,
                "500 Internal Server Error",
                request.correct_answer(),
            )
        }),
    ),
    Fault::new(
        "status-204",
        AfterRequest(|connection, _| {
            connection
                .write(b"HTTP/1.1 204 No Content\r\n\r\n")
                .map(|()| true)
        }),
    ),
    Fault::new(
        "status-101",
        AfterRequest(|connection, _| {
            let head = "HTTP/1.1 101 Switching Protocols\r\n\
                Connection: upgrade\r\n\
                Upgrade: websocket\r\n\r\n";
            connection.write(head.as_bytes()).map(|()| false)
        }),
    ),
    Fault::new(
        "empty",
        AfterRequest(|connection, _| send_success(connection, "")),
    ),
    Fault::new(
        "white-space",
        AfterRequest(|connection, _| send_success(connection, " \r\n\t ")),
    ),
    Fault::new(
        "json-array",
        AfterRequest(|connection, _| send_success(connection, r#"[{"errcode":0,"errmsg":"ok"}]"#)),
    ),
    Fault::new(
        "json-number",
        AfterRequest(|connection, _| send_success(connection, "0")),
    ),
    Fault::new(
        "json-null",
        AfterRequest(|connection, _| send_success(connection, "null")),
    ),
    Fault::new(
        "json-string",
        AfterRequest(|connection, _| send_success(connection, r#""ok""#)),
    ),
    Fault::new(
        "json-twice",
        AfterRequest(|connection, request| {
            let body = request.correct_answer();
            send_success(connection, &format!("{body}{body}"))
        }),
    ),
    Fault::new(
        "errcode-text",
        AfterRequest(|connection, _| {
            send_success(connection, r#"{"errcode":"40097","errmsg":"invalid args"}"#)
        }),
    ),
    Fault::new(
        "errcode-text-of-words",
        AfterRequest(|connection, _| {
            send_success(connection, r#"{"errcode":"none","errmsg":"ok"}"#)
        }),
    ),
    Fault::new(
        "errcode-whole-float",
        AfterRequest(|connection, _| {
            send_success(connection, r#"{"errcode":40097.0,"errmsg":"invalid args"}"#)
        }),
    ),
    Fault::new(
        "errcode-float",
        AfterRequest(|connection, _| send_success(connection, r#"{"errcode":0.5,"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-10-to-20",
        AfterRequest(|connection, _| {
            send_success(
                connection,
                r#"{"errcode":100000000000000000000,"errmsg":"ok"}"#,
            )
        }),
    ),
    Fault::new(
        "errcode-1e20",
        AfterRequest(|connection, _| send_success(connection, r#"{"errcode":1e20,"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-object",
        AfterRequest(|connection, _| {
            send_success(connection, r#"{"errcode":{"errcode":0},"errmsg":"ok"}"#)
        }),
    ),
    Fault::new(
        "errcode-null",
        AfterRequest(|connection, _| send_success(connection, r#"{"errcode":null,"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-missing",
        AfterRequest(|connection, _| send_success(connection, r#"{"errmsg":"ok"}"#)),
    ),
    Fault::new(
        "errcode-twice",
        AfterRequest(|connection, _| {
            send_success(
                connection,
                r#"{"errcode":0,"errcode":40097,"errmsg":"invalid args"}"#,
            )
        }),
    ),
    Fault::new(
        "errmsg-with-the-token",
        AfterRequest(|connection, _| {
            let token = super::ACCESS_TOKEN;
            send_success(
                connection,
                &format!(r#"{{"errcode":40097,"errmsg":"invalid args in ?access_token={token}"}}"#),
            )
        }),
    ),
    Fault::new(
        "deep-arrays",
        AfterRequest(|connection, _| send_success(connection, &"[".repeat(DEEP))),
    ),
    Fault::new(
        "deep-objects",
        AfterRequest(|connection, _| {
            let (open, close) = (r#"{"errcode":"#.repeat(DEEP), "}".repeat(DEEP));
            send_success(connection, &format!("{open}0{close}"))
        }),
    ),
    Fault::new(
        "invalid-utf-8",
        AfterRequest(|connection, _| {
            connection
                .answer("200 OK", b"\xff\xfe{\"errcode\":0}")
                .map(|()| true)
        }),
    ),
    Fault::new(
        "invalid-utf-8-in-errmsg",
        AfterRequest(|connection, _| {
            connection
                .answer("200 OK", b"{\"errcode\":40097,\"errmsg\":\"\xff\xfe\"}")
                .map(|()| true)
        }),
    ),
    Fault::new(
        "redirect-301",
        Redirect(|connection, elsewhere| {
            send_redirect(connection, "301 Moved Permanently", elsewhere)
        }),
    ),
    Fault::new(
        "redirect-302",
        Redirect(|connection, elsewhere| send_redirect(connection, "302 Found", elsewhere)),
    ),
    Fault::new(
        "redirect-303",
        Redirect(|connection, elsewhere| send_redirect(connection, "303 See Other", elsewhere)),
    ),
    Fault::new(
        "redirect-307",
        Redirect(|connection, elsewhere| {
            send_redirect(connection, "307 Temporary Redirect", elsewhere)
        }),
    ),
    Fault::new(
        "redirect-308",
        Redirect(|connection, elsewhere| {
            send_redirect(connection, "308 Permanent Redirect", elsewhere)
        }),
    ),
];

fn send(connection: &mut Connection, status: &str, body: &str) -> io::Result<bool> {
    connection.answer(status, body.as_bytes()).map(|()| true)
}

fn send_success(connection: &mut Connection, body: &str) -> io::Result<bool> {
    send(connection, "200 OK", body)
}

fn send_redirect(connection: &mut Connection, status: &str, elsewhere: &str) -> io::Result<bool> {
    let head = format!("HTTP/1.1 {status}\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
    connection.write(head.as_bytes()).map(|()| true)
}
