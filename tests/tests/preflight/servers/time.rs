use std::thread::sleep;
use std::time::Duration;

use crate::case::{CONTENT, Case, Group};
use crate::http::hang;

/// Longer than a second.
const SLOW: Duration = Duration::from_millis(1050);

/// Between two bytes: the content takes longer than the timeout of a server that hangs.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn list() -> Vec<Case> {
    vec![
        Case::http(
            Group::Time,
            "one of three answers takes longer than a second",
            "may_fail: slow (some_answers, 1 of 3 answers)",
            |request, stream| {
                if request.is_right() && request.earlier == 1 {
                    sleep(SLOW);
                }
                stream.content();
            },
        ),
        Case::http(Group::Time, "no answer", "will_fail: too_slow", |_, _| {
            hang();
        })
        .hangs(),
        Case::http(
            Group::Time,
            "the content byte by byte, slowly",
            "will_fail: too_slow",
            |_, stream| {
                stream.send("HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n");
                for byte in CONTENT.bytes() {
                    if !stream.send([byte]) {
                        break;
                    }
                    sleep(PAUSE);
                }
            },
        )
        .hangs(),
        Case::http(
            Group::Time,
            "the content in a chunk, without the last chunk",
            "will_fail: never_ends",
            |_, stream| {
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                stream.send(format!("{head}20\r\n{CONTENT}\r\n"));
                hang();
            },
        )
        .hangs(),
        Case::http(
            Group::Time,
            "the content with a Content-Length of 33",
            "will_fail: never_ends",
            |_, stream| {
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n";
                stream.send(format!("{head}{CONTENT}"));
                hang();
            },
        )
        .hangs(),
    ]
}
