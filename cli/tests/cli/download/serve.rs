//! `jumpqr download --serve` answers the name of the file in every directory.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::{CONTENT, NAME, wechat};
use crate::support::{FakeWeChat, Jumpqr, Server, jumpqr};

fn serve(wechat: &FakeWeChat, port: &str) -> Jumpqr {
    jumpqr(["download", "--base-url", wechat.base_url(), "--serve", port])
        .env("JUMPQR_ACCESS_TOKEN", "T")
}

/// Sends a request to the server of a URL. Returns the head of the response in lower case, and its
/// body.
fn ask(url: &str, method: &str, path: &str, header: &str) -> (String, String) {
    let host = url.split('/').nth(2).unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\n");
    connection.write_all(head.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

#[test]
fn the_name_is_answered_in_every_directory_and_nothing_else_is() {
    let wechat = wechat(NAME);
    let (_server, object) = Server::start_with_json(serve(&wechat, "0"));
    let url = object["served_at"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(object["file_content"], CONTENT);
    for (method, path, is_file) in [
        ("GET", "/UASjIrr8C9.txt", true),
        ("GET", "/a/b%20c/UASjIrr8C9.txt?t=1", true),
        ("HEAD", "/a/UASjIrr8C9.txt", true),
        ("GET", "/", false),
        ("GET", "/UASjIrr8C9.txt/", false),
        ("GET", "/uasjirr8c9.txt", false),
        ("GET", "/xUASjIrr8C9.txt", false),
        ("POST", "/UASjIrr8C9.txt", false),
    ] {
        let (head, body) = ask(url, method, path, "");
        let (status, length) = if is_file { ("200", "32") } else { ("404", "0") };
        assert!(
            head.starts_with(&format!("http/1.1 {status} ")),
            "{method} {path}: {head}"
        );
        for field in [
            "content-type: text/plain",
            &format!("content-length: {length}"),
        ] {
            assert!(head.lines().any(|line| line == field), "{path}: {head}");
        }
        let expected = if is_file && method == "GET" {
            CONTENT
        } else {
            ""
        };
        assert_eq!(body, expected, "{method} {path}");
    }
}

#[cfg(unix)]
#[test]
fn each_request_is_one_escaped_line_without_its_query_until_ctrl_c() {
    let wechat = wechat(NAME);
    let prefix = "https://m.example.cn/a/b";
    let command = serve(&wechat, "0").args(["--prefix", prefix]);
    let (server, printed) = Server::start(command, |line| line.contains("jumpqr add"));
    let url = "https://m.example.cn/a/UASjIrr8C9.txt";
    assert!(printed.contains(url), "{printed}");
    let served_at = printed
        .split_whitespace()
        .find(|word| word.starts_with("http://"));
    let header = "User-Agent: We\u{202e}Chat\r\nX-Forwarded-For: 203.0.113.7\r\n";
    let path = "/a/UASjIrr8C9.txt?token=S3CR3T";
    ask(served_at.unwrap(), "GET", path, header);
    let (status, notes) = server.stop("-INT");
    assert_eq!(status.code(), Some(0));
    assert_eq!(
        notes,
        "127.0.0.1 for 203.0.113.7  GET /a/UASjIrr8C9.txt  200  We\\u{202e}Chat\n"
    );
}

#[test]
fn a_port_in_use_is_named_and_nothing_is_sent() {
    let wechat = wechat(NAME);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = serve(&wechat, &port).args(["--json"]).expect(5);
    assert_eq!(run.json()["error"]["code"], "server_not_started");
    assert!(run.stdout.contains(&port), "{}", run.stdout);
    assert!(wechat.calls().is_empty());
}

#[test]
fn the_address_to_listen_on_may_be_chosen() {
    let wechat = wechat(NAME);
    let command = serve(&wechat, "0").args(["--listen", "0.0.0.0"]);
    let (_server, object) = Server::start_with_json(command);
    let url = object["served_at"].as_str().unwrap();
    assert!(url.starts_with("http://0.0.0.0:"), "{url}");
    let url = url.replace("0.0.0.0", "127.0.0.1");
    assert_eq!(ask(&url, "GET", "/UASjIrr8C9.txt", "").1, CONTENT);
}

#[test]
fn the_file_is_either_written_or_served() {
    for arguments in [
        &["--serve", "0", "--directory", "."][..],
        &["--serve", "0", "--force"],
        &["--listen", "::1"],
        &["--serve", "65536"],
    ] {
        jumpqr(["download"]).args(arguments).expect(2);
    }
}
