use rustls::version::{TLS12, TLS13};

use super::tls::serve as serve_tls;
use crate::case::{CONTENT, Case, Group};
use crate::certificates;
use crate::http::{Request, Stream, serve, serve_at};

const FOUND: &str = "no_cause_found: ";

fn http(
    name: &'static str,
    answer: impl Fn(&Request, &mut Stream<'_>) + Copy + Send + Sync + 'static,
) -> Case {
    Case::http(Group::Right, name, FOUND, answer)
}

fn nginx(name: &'static str, prefix: &'static str) -> Case {
    Case::nginx(Group::Right, name, FOUND, prefix)
}

/// A server that sends the content with these fields.
fn fields(name: &'static str, fields: &'static str) -> Case {
    http(name, move |_, stream| {
        stream.respond("200 OK", fields, CONTENT);
    })
}

pub(super) fn list() -> Vec<Case> {
    let mut cases = sites();
    cases.extend(forms());
    cases.extend(addresses());
    cases
}

/// What is at the right place, and what elsewhere.
fn sites() -> Vec<Case> {
    vec![
        nginx(
            "nginx: the file in its directory",
            "http://static.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: the line that a preflight advises, before a redirect to https",
            "http://line.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: a single-page application with the file",
            "http://spa-with-file.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: compression for those who accept it, and further fields",
            "http://gzip.example.cn/Pay_on/pay_on",
        ),
        http("the file in each directory", |_, stream| stream.content()),
        http("the page of the prefix is not found", |request, stream| {
            if request.is_right() {
                stream.content();
            } else {
                stream.not_found();
            }
        }),
        http(
            "the page of the prefix redirects to a login",
            |request, stream| {
                if request.is_right() {
                    stream.content();
                } else {
                    stream.respond("302 Found", "Location: /login\r\n", "");
                }
            },
        ),
        http(
            "every other path is a page of an application",
            |request, stream| {
                if request.is_right() {
                    stream.content();
                } else {
                    stream.page();
                }
            },
        ),
        http("a prefix with a query", |_, stream| stream.content())
            .prefix("http://m.example.cn/shopDetails?id="),
        http("a prefix without a path", |request, stream| {
            if request.path == "/UASjIrr8C9.txt" {
                stream.content();
            } else {
                stream.page();
            }
        })
        .prefix("http://m.example.cn"),
    ]
}

/// The forms of a response.
fn forms() -> Vec<Case> {
    vec![
        http(
            "HTTP/1.0, and the connection ends the content",
            |_, stream| {
                stream.send(format!(
                    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n{CONTENT}"
                ));
            },
        ),
        http("chunks", |_, stream| {
            let (one, two) = CONTENT.split_at(10);
            stream.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
            stream.send("Transfer-Encoding: chunked\r\n\r\n");
            stream.send(format!("a\r\n{one}\r\n16;x=y\r\n{two}\r\n0\r\n\r\n"));
        }),
        http("each byte by itself", |_, stream| {
            let head = "HTTP/1.1 200\r\ncontent-type:text/plain\r\ncontent-length:32\r\n\r\n";
            for byte in head.bytes().chain(CONTENT.bytes()) {
                stream.send([byte]);
            }
        }),
        http("an early hint (103) before the answer", |_, stream| {
            stream.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
            stream.content();
        }),
        fields(
            "a page type: `text/html`",
            "Content-Type: text/html; charset=GBK\r\n",
        ),
        fields(
            "`application/octet-stream`",
            "Content-Type: application/octet-stream\r\n",
        ),
        fields(
            "an entity tag, a date of change and a cookie",
            "Content-Type: text/plain\r\nETag: \"1\"\r\nSet-Cookie: a=b\r\n\
             Last-Modified: Mon, 02 Nov 2026 08:00:00 GMT\r\n",
        ),
        fields(
            "no compression: `identity`",
            "Content-Type: text/plain\r\nContent-Encoding: identity\r\n",
        ),
    ]
}

/// The address, and TLS.
fn addresses() -> Vec<Case> {
    const HTTPS: &str = "https://m.example.cn/Pay_on/pay_on";
    vec![
        Case::new(Group::Right, "an IPv4 and an IPv6 address", FOUND, || {
            let good = |_: &Request, stream: &mut Stream<'_>| stream.content();
            [serve(good), serve_at("[::1]:0", good)]
        }),
        Case::new(Group::Right, "TLS 1.3 with a whole chain", FOUND, || {
            serve_tls(&certificates::valid(), &[&TLS13])
        })
        .prefix(HTTPS),
        Case::new(Group::Right, "TLS 1.2 with a whole chain", FOUND, || {
            serve_tls(&certificates::valid(), &[&TLS12])
        })
        .prefix(HTTPS),
    ]
}
