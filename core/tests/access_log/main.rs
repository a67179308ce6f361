//! An access log tells whether WeChat came for the verification file, and what it got.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod moment;
mod visitor;

use jumpqr_core::access_log::{
    AccessLogCode as Code, AccessLogReader, AccessLogReport, AccessLogVerdict as Verdict,
};
use proptest::prelude::*;

const PREFIX: &str = "https://m.example.cn/Table/店?id=";
const NAME: &str = "UASjIrr8C9.txt";
const PATH: &str = "/Table/UASjIrr8C9.txt";
const FROM: &str = "203.0.113.7";
const TIME: &str = "30/Nov/2026:12:00:00 +0800";

fn reader() -> AccessLogReader {
    AccessLogReader::new(PREFIX, NAME, 32).unwrap()
}

fn read(log: &str) -> AccessLogReport {
    let mut reader = reader();
    reader.push(log.as_bytes());
    reader.finish()
}

/// A line in the format `combined`, with `response` after the request: status, size, and what
/// follows. If nothing follows, there is a user agent.
fn line(target: &str, response: &str) -> String {
    let agent = if response.contains('"') {
        ""
    } else {
        " \"-\" \"Agent\""
    };
    common_line(target, &format!("{response}{agent}"))
}

/// A line in the format `common`, which has no user agent.
fn common_line(target: &str, response: &str) -> String {
    format!("{FROM} - - [{TIME}] \"GET {target} HTTP/1.1\" {response}\n")
}

/// A line of Caddy.
fn caddy(uri: &str, host: &str, agent: &str, rest: &str) -> String {
    format!(
        r#"{{"level":"info","ts":1646861401.5241024,"logger":"http.log.access.log0","msg":"handled request","request":{{"remote_ip":"10.0.0.1","remote_port":"41342","client_ip":"{FROM}","proto":"HTTP/2.0","method":"GET","host":"{host}","uri":"{uri}","headers":{{"User-Agent":["{agent}"],"Authorization":["S3CR3T"]}}}},"bytes_read":0,"user_id":"",{rest},"resp_headers":{{"Server":["Caddy"]}}}}
"#
    )
}

fn codes(report: &AccessLogReport) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn each_response_is_told_apart() {
    for (response, expected) in [
        ("200 32 \"-\" \"Agent\"", &[][..]),
        ("200 32", &[]),
        ("200 32 \"-\" \"-\" 0.999", &[]),
        ("200 32 \"-\" \"-\" 999999", &[]),
        ("200 32 \"-\" \"-\" \"2.13\"", &[]),
        ("200 32 \"-\" \"-\" 7012000 7012000", &[]),
        ("301 162 \"-\" \"Agent\"", &[Code::Redirect]),
        (
            "301 162 \"-\" \"Agent\" 7.012",
            &[Code::Redirect, Code::TooSlow],
        ),
        (
            "308 0 \"-\" \"Agent\" rt=5.000",
            &[Code::Redirect, Code::TooSlow],
        ),
        ("200 32 \"-\" \"Agent\" 7012000", &[Code::TooSlow]),
        ("200 32 \"-\" \"Agent\" \"-\" \"1.001\"", &[Code::Slow]),
        (
            "200 32 \"-\" \"Agent\" 612 1.001 [up] 10.0.0.3:80 32 0.001 200",
            &[Code::Slow],
        ),
        ("200 0 \"-\" \"-\"", &[Code::OtherSize]),
        ("200 - \"-\" \"-\"", &[Code::NoSize]),
        ("200 34 \"-\" \"-\"", &[Code::OtherSize]),
        ("200 5120 \"-\" \"-\"", &[Code::UnknownSize]),
        ("304 0 \"-\" \"-\"", &[Code::NotModified]),
        ("404 153 \"-\" \"-\"", &[Code::NotFound]),
        ("410 153 \"-\" \"-\"", &[Code::NotFound]),
        ("403 153 \"-\" \"-\"", &[Code::Forbidden]),
        ("499 0 \"-\" \"-\" 5.9", &[Code::GaveUp, Code::TooSlow]),
        ("502 157 \"-\" \"-\"", &[Code::ServerError]),
        ("206 32 \"-\" \"-\"", &[Code::OtherStatus]),
        ("444 0 \"-\" \"-\"", &[Code::OtherStatus]),
    ] {
        let report = read(&line(PATH, response));
        assert_eq!(codes(&report), expected, "{response}");
        let is_wrong = expected
            .iter()
            .any(|code| code.severity().name() == "blocks");
        let verdict = if is_wrong {
            Verdict::CameAndFailed
        } else {
            Verdict::CameAndGotIt
        };
        assert_eq!(report.verdict, verdict, "{response}");
        assert_eq!(report.served.is_some(), expected.is_empty(), "{response}");
    }
}

#[test]
fn a_finding_tells_when_from_where_and_what_was_seen() {
    let log = [
        line(PATH, "301 162 \"-\" \"WeChat\t\\\"A\\\"\""),
        line(
            PATH,
            "301 162 \"https://e.cn/?code=S3CR3T\" \"WeChat B\" 7.012",
        )
        .replace("12:00", "12:01"),
    ]
    .concat();
    let report = read(&log);
    assert_eq!(report.url, "https://m.example.cn/Table/UASjIrr8C9.txt");
    let finding = &report.findings[0];
    let visits = finding.visits.as_ref().unwrap();
    assert_eq!((visits.requests, &*visits.first), (2, TIME));
    assert_eq!(visits.last, "30/Nov/2026:12:01:00 +0800");
    assert_eq!(visits.addresses, [FROM]);
    assert_eq!(visits.user_agents, ["WeChat\t\\\"A\\\"", "WeChat B"]);
    let second = log.lines().nth(1).unwrap();
    assert_eq!(finding.seen, second.replace("S3CR3T", "***"));
    assert!(finding.remedy.contains(&report.url), "{finding}");
    let text = finding.to_string();
    assert!(
        text.contains(&finding.seen) && text.contains(finding.why),
        "{text}"
    );
}

#[test]
fn only_the_name_in_the_right_place_counts() {
    for (target, verdict, code) in [
        ("/Table/UASjIrr8C9.txt?a=1", Verdict::CameAndGotIt, None),
        ("/%54able/UASjIrr8C9%2Etxt", Verdict::CameAndGotIt, None),
        (
            "http://m.example.cn/Table/UASjIrr8C9.txt",
            Verdict::CameAndGotIt,
            None,
        ),
        (
            "/UASjIrr8C9.txt",
            Verdict::CameElsewhere,
            Some(Code::OtherDirectory),
        ),
        (
            "/Table/店/UASjIrr8C9.txt",
            Verdict::CameElsewhere,
            Some(Code::OtherDirectory),
        ),
        (
            "/Table//UASjIrr8C9.txt",
            Verdict::CameElsewhere,
            Some(Code::OtherDirectory),
        ),
        (
            "/table/UASjIrr8C9.txt",
            Verdict::CameElsewhere,
            Some(Code::OtherCase),
        ),
        (
            "/Table/uasjirr8c9.TXT",
            Verdict::CameElsewhere,
            Some(Code::OtherCase),
        ),
        (
            "/Table/UASjIrr8C9.txt/",
            Verdict::NeverCame,
            Some(Code::NeverCame),
        ),
        (
            "/Table/xUASjIrr8C9.txt",
            Verdict::NeverCame,
            Some(Code::NeverCame),
        ),
        (
            "/Table/UASjIrr8C9",
            Verdict::NeverCame,
            Some(Code::NeverCame),
        ),
        (
            "/?file=/Table/UASjIrr8C9.txt",
            Verdict::NeverCame,
            Some(Code::NeverCame),
        ),
    ] {
        let report = read(&line(target, "200 32 \"-\" \"-\""));
        assert_eq!(report.verdict, verdict, "{target}");
        assert_eq!(codes(&report).first().copied(), code, "{target}");
    }
    let post = line(PATH, "200 32").replace("GET", "POST");
    assert_eq!(read(&post).verdict, Verdict::NeverCame);
    assert!(AccessLogReader::new("m.example.cn", NAME, 32).is_none());
}

#[test]
fn another_place_is_told_only_if_the_right_one_was_not_asked_for() {
    let elsewhere = line("/UASjIrr8C9.txt", "200 32");
    let here = line(PATH, "404 10");
    assert_eq!(codes(&read(&elsewhere)), [Code::OtherDirectory]);
    let report = read(&[elsewhere, here].concat());
    assert_eq!(codes(&report), [Code::NotFound]);
}

#[test]
fn responses_without_a_body_tell_what_the_sizes_count() {
    let long = line(PATH, "200 312 \"-\" \"-\"");
    for (other, code) in [
        (line("/logo.png", "304 0 \"-\" \"-\""), Code::OtherSize),
        (line("/logo.png", "304 - \"-\" \"-\""), Code::OtherSize),
        (line("/logo.png", "304 182 \"-\" \"-\""), Code::UnknownSize),
        (line("/", "200 0").replace("GET", "HEAD"), Code::OtherSize),
        (
            [line("/a", "304 0"), line("/b", "304 182")].concat(),
            Code::UnknownSize,
        ),
    ] {
        for log in [[&*other, &*long].concat(), [&*long, &*other].concat()] {
            assert_eq!(codes(&read(&log)), [code], "{log}");
        }
    }
    let short = line(PATH, "200 0 \"-\" \"-\"");
    let other = line("/logo.png", "304 0");
    let report = read(&[&*short, &*long, &*short, &*long, &*other].concat());
    assert_eq!(codes(&report), [Code::OtherSize]);
    let visits = report.findings[0].visits.as_ref().unwrap();
    assert_eq!((visits.requests, &*visits.last), (4, TIME));
    assert_eq!(report.findings[0].seen, long.trim_end());
}

#[test]
fn a_length_that_is_not_logged_is_not_a_wrong_one() {
    let unknown = line(PATH, "200 -");
    for other in ["", &line("/logo.png", "304 -"), &line("/logo.png", "304 0")] {
        let report = read(&[&*unknown, other].concat());
        assert_eq!(codes(&report), [Code::NoSize], "{other}");
        assert_eq!(report.verdict, Verdict::CameAndGotIt, "{other}");
    }
}

#[test]
fn a_request_for_the_head_has_no_size() {
    let head = line(PATH, "200 0").replace("GET", "HEAD");
    assert_eq!(codes(&read(&head)), []);
}

#[test]
fn caddy_tells_host_size_time_and_duration() {
    let uri = "/Table/UASjIrr8C9.txt";
    let host = "M.example.cn:443";
    for (line, expected) in [
        (
            caddy(uri, host, "", r#""duration":0.0009,"size":32,"status":200"#),
            &[][..],
        ),
        (
            caddy(uri, host, "", r#""duration":929675,"size":32,"status":200"#),
            &[],
        ),
        (
            caddy(uri, host, "", r#""duration":"1s","size":32,"status":200"#),
            &[],
        ),
        (
            caddy(uri, host, "", r#""duration":0,"size":312,"status":200"#),
            &[Code::OtherSize],
        ),
        (
            caddy(uri, host, "", r#""duration":7.01,"size":0,"status":308"#),
            &[Code::Redirect, Code::TooSlow],
        ),
        (
            caddy(uri, host, "", r#""duration":6,"size":0,"status":0"#),
            &[Code::GaveUp, Code::TooSlow],
        ),
        (
            caddy(
                uri,
                "www.example.cn",
                "",
                r#""duration":0,"size":32,"status":200"#,
            ),
            &[Code::OtherHost],
        ),
        (
            caddy("/x", host, "", r#""duration":0,"size":32,"status":200"#),
            &[Code::NeverCame],
        ),
        (
            caddy(
                uri,
                host,
                "jumpqr/1",
                r#""duration":0,"size":32,"status":200"#,
            ),
            &[Code::NeverCame],
        ),
    ] {
        assert_eq!(codes(&read(&line)), expected, "{line}");
    }
    let line = caddy(
        &format!("{uri}?t=S3CR3T"),
        host,
        "A",
        r#""duration":7.01,"size":0,"status":308"#,
    );
    let report = read(&line);
    assert_eq!(
        report.findings[0].seen,
        "203.0.113.7 - - [2022-03-09T21:30:01Z] \"GET /Table/UASjIrr8C9.txt?t=***\" 308 0 \"-\" \
         \"A\" 7.010"
    );
    let line = line.replace("1646861401.5241024", "\"2026-11-30T12:00:00+08:00\"");
    assert_eq!(read(&line).first.unwrap(), "2026-11-30T12:00:00+08:00");
}

#[test]
fn the_address_is_the_one_that_a_proxy_names() {
    for (line, address) in [
        (line(PATH, "404 1 \"-\" \"-\" \"-\""), FROM),
        (
            line(PATH, "404 1 \"-\" \"-\" \"198.51.100.9, 10.0.0.1\""),
            "198.51.100.9",
        ),
        (
            line(PATH, "404 1 \"-\" \"-\" \"2001:db8::7\" 0.100"),
            "2001:db8::7",
        ),
        (line(PATH, "404 1 \"-\" \"-\" \"0.100\""), FROM),
        (
            format!("m.example.cn:443 {}", line(PATH, "404 1 \"-\" \"-\"")),
            FROM,
        ),
        (
            line(PATH, "404 1 \"-\" \"-\"").replace(FROM, "2001:db8::7"),
            "2001:db8::7",
        ),
        (
            line(PATH, "404 1 \"-\" \"-\"").replace(FROM, "crawl.example.com"),
            "crawl.example.com",
        ),
        (
            line(PATH, "404 1 \"-\" \"-\"").replace("- - [", "- a b ["),
            FROM,
        ),
    ] {
        let report = read(&line);
        let visits = report.findings[0].visits.as_ref().unwrap();
        assert_eq!(visits.addresses, [address], "{line}");
    }
    let other = format!("www.example.cn:443 {}", line(PATH, "200 32 \"-\" \"-\""));
    assert_eq!(codes(&read(&other)), [Code::OtherHost]);
}

#[test]
fn lines_that_are_not_requests_are_skipped_and_counted() {
    let skipped = [
        "",
        "no request",
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"GET /a HTTP/1.1\" 200",
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"GET /a HTTP/1.1\" OK 12",
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"GET /a HTTP/1.1\" 200 12k",
        "203.0.113.7 - - [now] \"GET /a HTTP/1.1\" 200 12",
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"GET /a HTTP/1.1 200 12",
        "2026/11/30 12:00:00 [error] 7#7: *1 open() \"/a\" failed (2: No such file)",
        r#"{"level":"info","ts":1646861401.5,"msg":"serving initial configuration"}"#,
        r#"{"level":"info","#,
        "\u{1b}[31mred",
        "{}",
        "[]",
    ];
    let mut log = skipped.join("\n").into_bytes();
    log.extend(b"\n\xff\xfe\n\0\0\0\n");
    log.extend(b"a".repeat(70_000));
    log.push(b'\n');
    log.extend(line(&format!("{PATH}?{}", "a".repeat(70_000)), "404 1").into_bytes());
    let broken_requests = [
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"\\x16\\x03\\x01\" 400 157 \"-\" \"-\"",
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"-\" 408 0 \"-\" \"-\"\r",
        "203.0.113.7 - - [30/Nov/2026:12:00:00 +0800] \"GET /a b HTTP/1.1\" 400 1 \"-\" \"cut",
    ];
    let mut reader = reader();
    reader.push(&log);
    reader.push(broken_requests.join("\n").as_bytes());
    let report = reader.finish();
    assert_eq!((report.lines, report.skipped), (19, 16));
    assert_eq!(report.verdict, Verdict::NeverCame);

    for (log, verdict, code) in [
        ("", Verdict::EmptyLog, Code::EmptyLog),
        ("\n\n", Verdict::EmptyLog, Code::EmptyLog),
        (
            "no request\n",
            Verdict::NotAnAccessLog,
            Code::NotAnAccessLog,
        ),
    ] {
        let report = read(log);
        assert_eq!(report.verdict, verdict, "{log:?}");
        assert_eq!(codes(&report), [code], "{log:?}");
    }
}

#[test]
fn a_giant_log_is_told_in_a_few_lines() {
    let mut reader = reader();
    for number in 0..2_000 {
        let agent = format!("404 1 \"-\" \"{}{number}\"", "a".repeat(900));
        let line = line(PATH, &agent).replace(FROM, &format!("203.0.113.{number}"));
        reader.push(line.as_bytes());
    }
    let report = reader.finish();
    let finding = &report.findings[0];
    let visits = finding.visits.as_ref().unwrap();
    assert_eq!(visits.requests, 2_000);
    assert_eq!((visits.addresses.len(), visits.user_agents.len()), (8, 8));
    assert!(finding.seen.chars().count() <= 401, "{}", finding.seen);
    assert!(finding.seen.ends_with('…'));
}

#[test]
fn a_report_serialises_as_one_object() {
    let report = read(&line(PATH, "301 162 \"-\" \"Agent\" 7.012"));
    let object = serde_json::to_value(&report).unwrap();
    assert_eq!(object["verdict"], "came_and_failed");
    assert_eq!(object["lines"], 1);
    assert_eq!(object["served"], serde_json::Value::Null);
    let finding = &object["findings"][1];
    assert_eq!(finding["code"], "too_slow");
    assert_eq!(finding["severity"], "blocks");
    assert_eq!(finding["visits"]["addresses"][0], FROM);
    for text in ["message", "seen", "why", "remedy"] {
        assert!(!finding[text].as_str().unwrap().is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_much_and_no_query_is_shown(
        parts in prop::collection::vec(
            prop_oneof![
                Just(line(PATH, "301 162 \"-\" \"Agent\"").into_bytes()),
                Just(line(&format!("{PATH}?a=S3CR3T&S3CR3T"), "404 1 \"/?S3CR3T\" \"-\"").into_bytes()),
                Just(caddy(&format!("{PATH}?t=S3CR3T"), "m.example.cn", "A", r#""size":1,"status":200"#).into_bytes()),
                "[ \"\\\\\\[\\]{}:0-9a-z.?/-]{0,20}".prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..20),
            ],
            0..12,
        ),
        cuts in prop::collection::vec(0..200_usize, 0..12),
    ) {
        let log = parts.concat();
        let mut whole = reader();
        whole.push(&log);
        let whole = whole.finish();
        let mut in_parts = reader();
        let mut rest = &*log;
        for cut in cuts {
            let (part, after) = rest.split_at(cut.min(rest.len()));
            in_parts.push(part);
            rest = after;
        }
        in_parts.push(rest);
        prop_assert_eq!(&in_parts.finish(), &whole);
        prop_assert!(whole.skipped <= whole.lines);
        let shown = serde_json::to_string(&whole).unwrap();
        prop_assert!(!shown.contains("S3CR3T"), "{}", shown);
    }
}
