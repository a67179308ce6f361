use jumpqr_core::RuleKey;
use jumpqr_core::preflight::{Outcome, Place, judge};
use jumpqr_fetch::look_once;

use crate::server::{Server, respond, respond_with_content};
use crate::{PREFIX, connect_to, file, see, summary, summary_of};

const RIGHT: &str = "/a/UASjIrr8C9.txt";

#[test]
fn a_request_has_no_condition_no_cookie_and_accepts_no_encoding() {
    let server = Server::start(|_, stream| respond_with_content(stream));
    see(PREFIX, &connect_to([server.address]));
    for head in server.heads() {
        let fields: Vec<_> = head
            .lines()
            .skip(1)
            .filter(|line| !line.is_empty())
            .collect();
        let names: Vec<_> = fields
            .iter()
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert_eq!(
            names,
            ["Host", "User-Agent", "Accept", "Connection"],
            "{head}"
        );
        assert!(fields.contains(&"Host: m.example.cn"), "{head}");
        assert!(
            head.starts_with("GET /") && head.contains(" HTTP/1.1\r\n"),
            "{head}"
        );
    }
}

#[test]
fn each_address_is_asked_three_times_and_the_page_once() {
    let servers = [1, 2].map(|_| Server::start(|_, stream| respond_with_content(stream)));
    let addresses = servers.each_ref().map(|server| server.address);
    let seen = see(PREFIX, &connect_to(addresses));
    assert_eq!(servers[0].paths(), [RIGHT, RIGHT, RIGHT, "/a/table"]);
    assert_eq!(servers[1].paths(), [RIGHT, RIGHT, RIGHT]);
    assert_eq!(
        seen.looked_from,
        ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]
    );
    for fetch in &seen.fetches {
        let times = fetch.times;
        assert!(
            times.connect_ms.is_some() && times.whole_ms.is_some(),
            "{fetch:?}"
        );
        assert!(
            times.tls_ms.is_none() && times.first_byte_ms <= times.whole_ms,
            "{fetch:?}"
        );
    }
    assert_eq!(summary(&judge(seen)), "no_cause_found: ");
}

#[test]
fn wrong_places_are_asked_once_each_and_only_without_the_content() {
    let server = Server::start(|path, stream| match path {
        "/UASjIrr8C9.txt" => respond_with_content(stream),
        _ => respond(stream, "404 Not Found", "X: y", ""),
    });
    let seen = see(PREFIX, &connect_to([server.address]));
    let mut paths = server.paths();
    assert_eq!(paths[..3], [RIGHT; 3]);
    paths.drain(..3);
    paths.sort_unstable();
    let all = paths.len();
    paths.dedup();
    assert_eq!(paths.len(), all);
    assert!(
        paths.contains(&"/a/table/UASjIrr8C9.txt".to_owned()),
        "{paths:?}"
    );
    assert_eq!(summary(&judge(seen)), "will_fail: file_at_root");
}

#[test]
fn what_strangers_write_into_a_prefix_does_not_become_a_header() {
    let server = Server::start(|_, stream| respond_with_content(stream));
    see(
        "http://m.example.cn/a\r\nX: y\r\n/店?b c",
        &connect_to([server.address]),
    );
    for head in server.heads() {
        assert!(!head.contains("X: y"), "{head}");
        assert_eq!(head.lines().count(), 6, "{head}");
    }
}

#[test]
fn a_single_look_asks_the_first_address_once() {
    let good = Server::start(|_, stream| respond_with_content(stream));
    let other = Server::start(|_, stream| respond_with_content(stream));
    let options = connect_to([good.address, other.address]);
    let key: RuleKey = PREFIX.into();
    let seen = look_once(&key, file(), &options, &|| false).unwrap();
    assert_eq!(
        (good.paths(), other.connections()),
        (vec![RIGHT.to_owned()], 0)
    );
    assert_eq!(summary(&judge(seen)), "no_cause_found: ");

    let deeper = Server::start(|path, stream| match path {
        "/a/table/UASjIrr8C9.txt" => respond_with_content(stream),
        _ => respond(stream, "404 Not Found", "X: y", ""),
    });
    let options = connect_to([deeper.address]);
    let seen = look_once(&key, file(), &options, &|| false).unwrap();
    assert!(seen.fetches.iter().all(|fetch| fetch.place != Place::Page));
    assert_eq!(summary(&judge(seen)), "will_fail: file_one_deeper");
}

#[test]
fn a_head_with_many_cookies_is_read_and_an_endless_one_is_not() {
    let cookies = "Content-Type: text/plain\r\n".to_owned() + &"Set-Cookie: a=b\r\n".repeat(100);
    let server = Server::start(move |_, stream| {
        respond(stream, "200 OK", cookies.trim_end(), crate::CONTENT);
    });
    assert_eq!(
        summary_of(PREFIX, &connect_to([server.address])),
        "no_cause_found: "
    );
    let endless = Server::start(|_, stream| {
        use std::io::Write;
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while sent.is_ok() {
            sent = stream.write_all(b"X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
        }
    });
    let seen = see(PREFIX, &connect_to([endless.address]));
    assert!(
        matches!(seen.fetches[0].outcome, Outcome::Failed { .. }),
        "{seen:?}"
    );
    assert_eq!(summary(&judge(seen)), "will_fail: not_http");
}
