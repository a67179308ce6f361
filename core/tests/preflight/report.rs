use jumpqr_core::preflight::{Failure, Outcome, Place, Preflight, PreflightCode, judge};
use serde_json::{Value, json};

use crate::{CONTENT, FILE, PREFIX, V4, body, failed, fetch, good, judge_response, seen, status};

fn text(preflight: &Preflight) -> String {
    preflight.findings[0].to_string()
}

#[test]
fn a_report_is_one_object() {
    let mut seen = seen(PREFIX);
    fetch(
        &mut seen,
        Place::Right,
        V4,
        Outcome::Response(body("\u{feff}x")),
    );
    fetch(&mut seen, Place::Page, V4, failed(Failure::NoAnswer));
    let json = serde_json::to_value(judge(seen)).unwrap();
    let members: Vec<_> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "dns",
            "fetches",
            "file_name",
            "findings",
            "is_rehearsal",
            "looked_from",
            "prefix",
            "unseen",
            "url",
            "verdict",
        ]
    );
    assert_eq!(json["verdict"], "will_fail");
    assert_eq!(json["url"], format!("https://m.example.cn/Pay_on/{FILE}"));
    assert_eq!(json["looked_from"], json!(["10.0.0.3"]));
    assert_eq!(
        json["dns"],
        json!({"ms": 2, "addresses": ["1.2.4.8"], "failure": null})
    );
    let finding = &json["findings"][0];
    assert_eq!(finding["code"], "other_content");
    assert_eq!(finding["severity"], "blocks");
    assert_eq!(finding["extent"], "everywhere");
    assert_eq!(finding["share"], Value::Null);
    assert_eq!(finding["addresses"], json!([V4]));
    assert_eq!(finding["url"], json["url"]);
    assert_eq!(
        json["fetches"][0],
        json!({
            "place": "right", "url": json["url"], "address": V4, "attempt": 1, "connect_ms": 5,
            "tls_ms": 9, "first_byte_ms": 20, "whole_ms": 40, "outcome": "response", "status": 200,
            "header": [["Content-Type", "text/plain"]], "body": "\\u{feff}x", "body_bytes": 4,
            "body_end": "complete",
        })
    );
    assert_eq!(json["fetches"][1]["outcome"], "no_answer");
    assert_eq!(json["fetches"][1]["detail"], "the reason");
}

#[test]
fn a_finding_tells_what_was_seen_why_it_matters_and_what_to_do() {
    assert_eq!(
        text(&judge_response(&body([CONTENT, b"\n"].concat()))),
        "the content has a line end or a space around it: status 200, Content-Type: text/plain, \
         40 ms, body: \"0123456789abcdef0123456789abcdef\\n\". WeChat compares the body byte for \
         byte with the file it gave you. An editor or `echo` has added it. Upload the downloaded \
         file again as it is, in binary mode, so that \
         https://m.example.cn/Pay_on/UASjIrr8C9.txt answers exactly its content. In nginx: \
         location = /Pay_on/UASjIrr8C9.txt { default_type text/plain; return 200 \
         \"0123456789abcdef0123456789abcdef\"; }"
    );
}

#[test]
fn what_was_seen_stays_on_one_line_and_shows_what_is_invisible() {
    let bytes = b"\xef\xbb\xbf\x1b[31m\xe2\x80\xae\xff\"'\xe4\xb8\xad\r\n".to_vec();
    let seen = judge_response(&body(bytes)).findings[0].seen.clone();
    assert!(
        seen.ends_with(r#"body: "\u{feff}\u{1b}[31m\u{202e}\xff"'中\r\n""#),
        "{seen}"
    );
    let seen = judge_response(&body(vec![b'a'; 5000])).findings[0]
        .seen
        .clone();
    assert!(seen.ends_with("a\" … (5000 bytes)"), "{seen}");
    assert!(seen.len() < 300, "{seen}");
}

#[test]
fn a_line_for_a_server_is_only_given_if_nothing_in_it_means_something_else() {
    for (prefix, has_line) in [
        ("https://h.cn/%E5%BA%97/x", true),
        ("https://h.cn/a b/x", false),
        ("https://h.cn/a;}/x", false),
        ("https://h.cn/a%0Ab/x", false),
        ("https://h.cn/$host/x", false),
        ("https://h.cn/\"/x", false),
        ("https://h.cn/{/x", false),
    ] {
        let mut seen = seen(prefix);
        fetch(&mut seen, Place::Right, V4, Outcome::Response(status(404)));
        let remedy = judge(seen).findings[0].remedy.clone();
        assert_eq!(remedy.contains("In nginx: "), has_line, "{remedy}");
    }
}

#[test]
fn every_report_says_where_it_looked_from_and_what_it_cannot_see() {
    let preflight = judge_response(&good());
    assert_eq!(
        preflight.unseen(),
        "This was looked at from 10.0.0.3. Whether a firewall or geo-blocking refuses WeChat's own \
         servers cannot be seen from here."
    );
    let mut rehearsal = seen(PREFIX);
    rehearsal.is_rehearsal = true;
    rehearsal.looked_from.clear();
    let unseen = judge(rehearsal).unseen();
    assert!(
        unseen.starts_with("Nothing was fetched from here. This look was a rehearsal"),
        "{unseen}"
    );
}

#[test]
fn the_names_of_codes_are_unique() {
    let mut names: Vec<_> = PreflightCode::ALL.iter().map(|code| code.name()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
